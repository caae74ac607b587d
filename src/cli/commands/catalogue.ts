import type { Command } from '../command.js';
import { models } from './models.js';
import { run } from './run.js';
import { train } from './train.js';

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [train, run, models];
