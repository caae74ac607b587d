import { resolve } from 'node:path';
import { type ErrorCode, fail, MillwrightError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { readContract, writeContract } from '../contract/contract-file.js';
import type { CheckPlan, ConnectorPlan, ContractPlan } from '../define/plan.js';
import { columnsRead } from '../frame/expression.js';
import { readSource } from '../ingest/read-source.js';
import type { RejectedRow } from '../ingest/reader.js';
import { type CheckResult, checkFrame } from '../validate/check-frame.js';
import { inferContract } from '../validate/infer-contract.js';
import { type FileReading, fileSource, readOptionsOf } from './file-reading.js';
import { planOfSubject } from './resolve-system.js';
import type { Workspace } from './workspace.js';

/** A contract and, where it belongs to a source, how that source's files are read. */
export interface FileContract {
  readonly contract: ContractPlan;
  readonly from: ConnectorPlan | null;
  /** Checks that cannot be made of a file alone. */
  readonly skipped: readonly string[];
  /** Columns that rows to predict need not have: what only training reads, the label's above all. */
  readonly optional: readonly string[];
}

export interface FileValidation {
  readonly file: string;
  /** False when a check that must hold does not, or rows could not be read or would be quarantined; warnings do not count. */
  readonly passed: boolean;
  readonly rows: number;
  readonly results: readonly CheckResult[];
  /** Rows that are not what the columns declare. */
  readonly rejected: readonly RejectedRow[];
  /** Rows that fail a check that sends them to the quarantine. */
  readonly quarantined: readonly { readonly row: number; readonly reasons: readonly string[] }[];
  /** Why the file as a whole cannot be checked; null when it could. */
  readonly problem: string | null;
  readonly skipped: readonly string[];
}

/** The contract that a JSON file holds. @throws MW_VALIDATE_CONTRACT_INVALID */
export async function contractOfFile(path: string): Promise<FileContract> {
  return { contract: await readContract(path), from: null, skipped: [], optional: [] };
}

/**
 * The contract of a source of a definition or model: of the one that has the label unless another is named.
 * @throws MW_DEFINITION_*, MW_REGISTRY_*, MW_RUN_SOURCE_UNKNOWN
 */
export async function contractOfSubject(subject: string, source: string | null, workspace: Workspace): Promise<FileContract> {
  const { plan } = await planOfSubject(subject, workspace);
  const names = Object.keys(plan.sources);
  const name = source ?? plan.label.source;
  const chosen = Object.hasOwn(plan.sources, name) ? plan.sources[name] : undefined;
  if (!chosen)
    fail('MW_RUN_SOURCE_UNKNOWN', {
      what: `${plan.name} has no source '${name}'.${didYouMean(name, names)}`,
      fix: `Sources: ${names.join(', ')}.`,
    });
  const checks = chosen.contract.checks.filter((check) => check.check !== 'references' || check.source === name);
  const skipped = chosen.contract.checks.flatMap((check) =>
    check.check === 'references' && check.source !== name ? [`references to '${check.source}', whose rows are not here`] : [],
  );
  const optional =
    name === plan.label.source
      ? Object.keys(chosen.contract.columns).filter((column) => !Object.hasOwn(plan.request.columns, column))
      : [];
  return { contract: { ...chosen.contract, checks }, from: chosen.from, skipped, optional };
}

/** Problems with a file as a whole that mean that it does not hold its contract. */
const BROKEN: readonly ErrorCode[] = ['MW_INGEST_ALL_ROWS_REJECTED', 'MW_INGEST_COLUMN_MISSING'];

/**
 * Holds the rows of a file against a contract; nothing is put into the quarantine.
 * @throws MW_INGEST_*, MW_VALIDATE_* when the contract itself cannot be checked
 */
export async function validateFile(
  path: string,
  given: FileContract,
  now: number,
  reading: FileReading = {},
): Promise<FileValidation> {
  const { contract, skipped } = given;
  const nothing = { file: path, passed: false, rows: 0, results: [], rejected: [], quarantined: [], problem: null, skipped };
  try {
    const read = await readSource({ from: connectorFor(path, given.from, reading), contract }, { baseDir: resolve('.') });
    const report = await checkFrame(read.frame, contract, { now, sources: {} });
    const { results, quarantined } = report;
    return {
      ...nothing,
      passed: report.passed && read.rejected.length === 0 && quarantined.length === 0,
      rows: read.frame.rows + read.rejected.length,
      results,
      rejected: read.rejected,
      quarantined,
    };
  } catch (thrown) {
    if (!(thrown instanceof MillwrightError) || !BROKEN.includes(thrown.code)) throw thrown;
    if (thrown.code === 'MW_INGEST_COLUMN_MISSING' && given.optional.length > 0)
      return validateFile(path, withoutColumns(given, given.optional), now, reading);
    return { ...nothing, problem: thrown.message };
  }
}

/** The contract without some columns and all that is said of them. */
function withoutColumns({ contract, from, skipped }: FileContract, names: readonly string[]): FileContract {
  const gone = (check: CheckPlan) => {
    if (check.check === 'holds') return [...columnsRead(check.expression)].some((name) => names.includes(name));
    if ('columns' in check) return check.columns.some((name) => names.includes(name));
    return 'column' in check && names.includes(check.column);
  };
  const columns = Object.fromEntries(Object.entries(contract.columns).filter(([name]) => !names.includes(name)));
  return {
    contract: { ...contract, columns, checks: contract.checks.filter((check) => !gone(check)) },
    from,
    skipped: [...skipped, `columns that only training reads: ${names.map((name) => `'${name}'`).join(', ')}`],
    optional: [],
  };
}

const ending = (path: string) => path.toLowerCase().split('.').at(-1);

/** A file that looks like those of the source is read like them; of any other it is found out how. */
function connectorFor(path: string, like: ConnectorPlan | null, reading: FileReading) {
  const said = readOptionsOf(reading);
  return like !== null && ending(path) === ending(like.path)
    ? { ...like, path, options: { ...like.options, ...said } }
    : { kind: 'connector' as const, format: null, path, options: said };
}

/** Infers the contract that a file holds and writes it. @throws MW_INGEST_* */
export async function writeInferredContract(path: string, out: string, reading: FileReading = {}): Promise<ContractPlan> {
  const read = await readSource(fileSource(path, reading), { baseDir: resolve('.') });
  const contract = inferContract(read.frame, read.columns);
  await writeContract(out, contract).catch((cause: unknown) =>
    fail('MW_INGEST_UNWRITABLE', {
      what: `'${out}' cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      where: { file: out },
      cause,
    }),
  );
  return contract;
}
