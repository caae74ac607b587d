import type { Command } from '../command.js';
import { audit } from './audit.js';
import { doctor } from './doctor.js';
import { eject } from './eject.js';
import { evaluate } from './evaluate.js';
import { explain } from './explain.js';
import { exportCommand } from './export.js';
import { features } from './features.js';
import { importCommand } from './import.js';
import { models } from './models.js';
import { plan } from './plan.js';
import { profile } from './profile.js';
import { prune } from './prune.js';
import { quarantine } from './quarantine.js';
import { replay } from './replay.js';
import { reproduce } from './reproduce.js';
import { run } from './run.js';
import { score } from './score.js';
import { serve } from './serve.js';
import { start } from './start.js';
import { train } from './train.js';
import { validate } from './validate.js';

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [
  train,
  importCommand,
  run,
  plan,
  profile,
  validate,
  features,
  score,
  evaluate,
  explain,
  models,
  eject,
  exportCommand,
  reproduce,
  quarantine,
  audit,
  doctor,
  prune,
  serve,
  replay,
  start,
];
