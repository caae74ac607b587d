import type { Task } from '../estimator.js';
import { NumberList } from './document.js';
import { ForestBuilder, MOST_WORDS } from './forest-builder.js';
import { ImportedForestModel } from './imported-forest.js';
import { CATEGORICAL, type ImportedLink } from './imported-trees.js';
import { damaged, MOST_FEATURES, MOST_OUTPUTS, unsupported } from './refuse.js';

type Fields = ReadonlyMap<string, string>;
const NONE = new Float64Array(0);
/** Fields of a tree or of the head; files have thirty. */
const MOST_FIELDS = 1000;
/** Trees of a file. */
const MOST_TREES = 1_000_000;

export interface ImportedFile {
  readonly model: ImportedForestModel;
  /** Names of the features where the file has them, in order. */
  readonly names: readonly string[] | null;
}

const PLAIN = ['regression_l1', 'huber', 'fair', 'quantile', 'mape', 'lambdarank', 'rank_xendcg', 'custom', 'none'];

/**
 * A model as LightGBM's save_model writes it, versions 2 to 4. Predictions equal LightGBM's to rounding.
 * @throws MW_EXCHANGE_CORRUPT, MW_EXCHANGE_UNSUPPORTED
 */
export function readLightgbmText(text: string): ImportedFile {
  // What follows the trees, in old files the importances, tells of a file that was cut off.
  const end = text.search(/^(?:end of trees|feature[_ ]importances:)/m);
  const body = end < 0 ? text : text.slice(0, end);
  const sections = sectionsOf(body);
  const fields = fieldsOf(body.slice(0, sections[0]));
  const outputs = count(fields, 'num_tree_per_iteration', 1, MOST_OUTPUTS);
  const inputs = count(fields, 'max_feature_idx', 0, MOST_FEATURES - 1) + 1;
  const trees = sections.length;
  if (trees === 0 || trees % outputs !== 0) damaged(`${trees} trees do not make whole rounds of ${outputs}`);
  const sizes = fields.get('tree_sizes')?.trim() ? listOf(fields, 'tree_sizes', trees).length : null;
  if (end < 0 || (sizes !== null && sizes !== trees)) damaged(`it ends after ${trees} trees`);
  const names = fields.get('feature_names')?.split(' ', inputs + 1) ?? null;
  if (names && names.length !== inputs) damaged(`it names ${names.length} of ${inputs} features`);
  checkKnown(fields, KNOWN_HEAD, 'the file');
  const builder = new ForestBuilder(inputs);
  sections.forEach((from, t) => addTree(builder, fieldsOf(body.slice(from, sections[t + 1])), t, t % outputs));
  const forest = builder.finish();
  const meaning = meaningOf(fields.get('objective'), outputs);
  const { task, steepness } = meaning;
  // Random forests up to LightGBM 2.2 hold probabilities in their leaves and are averaged without a link; nothing else tells them.
  const shares = fields.has('average_output') && fields.get('version') === 'v2' && task !== 'regression';
  const probabilities = shares && forest.value.every((x, i) => forest.feature[i] !== -1 || (x >= 0 && x <= 1));
  const link = probabilities ? 'identity' : meaning.link;
  const model = new ImportedForestModel({
    task,
    inputs,
    link,
    steepness,
    sums: 'float64',
    divisor: fields.has('average_output') ? trees / outputs : 1,
    start: new Float64Array(outputs),
    forest,
  });
  return { model, names };
}

/** Fields of files of versions 2 to 4 that are read here, or that tell of the training and change no prediction. */
const KNOWN_HEAD: ReadonlySet<string> = new Set([
  'tree',
  'version',
  'num_class',
  'num_tree_per_iteration',
  'label_index',
  'max_feature_idx',
  'objective',
  'average_output',
  'feature_names',
  'feature_infos',
  'monotone_constraints',
  'tree_sizes',
  '',
]);
const KNOWN_TREE: ReadonlySet<string> = new Set([
  'Tree',
  'num_leaves',
  'num_cat',
  'split_feature',
  'split_gain',
  'threshold',
  'decision_type',
  'left_child',
  'right_child',
  'leaf_value',
  'leaf_weight',
  'leaf_count',
  'leaf_parent',
  'internal_value',
  'internal_weight',
  'internal_count',
  'cat_boundaries',
  'cat_threshold',
  'has_categorical',
  'is_linear',
  'shrinkage',
  '',
]);

function checkKnown(fields: Fields, known: ReadonlySet<string>, what: string): void {
  for (const name of fields.keys())
    if (!known.has(name)) unsupported(`a field '${name.slice(0, 40)}' of ${what} whose meaning is not known`);
}

function addTree(builder: ForestBuilder, fields: Fields, tree: number, output: number): void {
  if (fields.get('is_linear') === '1') unsupported('linear models in its leaves');
  const leaves = count(fields, 'num_leaves', 1, 1 << 24);
  const take = (name: string, length: number): Float64Array => {
    const list = listOf(fields, name, length);
    if (list.length !== length) damaged(`tree ${tree} has ${list.length} of ${length} numbers as '${name}'`);
    return list;
  };
  checkKnown(fields, KNOWN_TREE, `tree ${tree}`);
  const values = take('leaf_value', leaves);
  const splits = leaves - 1;
  const told = (name: string, length: number) => (length > 0 && fields.get(name)?.trim() ? take(name, length) : NONE);
  const rows = told('leaf_count', leaves);
  const reached = told('internal_count', splits);
  const gains = told('split_gain', splits);
  const feature = splits === 0 ? NONE : take('split_feature', splits);
  const threshold = splits === 0 ? NONE : take('threshold', splits);
  const rule = splits === 0 ? NONE : take('decision_type', splits);
  const left = splits === 0 ? NONE : take('left_child', splits);
  const right = splits === 0 ? NONE : take('right_child', splits);
  const sets = fields.has('num_cat') ? count(fields, 'num_cat', 0, 1 << 24) : 0;
  const bounds = sets === 0 ? NONE : take('cat_boundaries', sets + 1);
  const words = sets === 0 ? NONE : listOf(fields, 'cat_threshold', MOST_WORDS);
  let taken = 0;
  const setOf = (at: number): Uint32Array => {
    const from = bounds[at];
    const to = bounds[at + 1];
    if (from === undefined || to === undefined || !(from >= 0 && to >= from && to <= words.length))
      damaged(`tree ${tree} has no set of categories ${at}`);
    // Each split has a set of its own; were they shared, a small file could ask for much memory.
    taken += to - from;
    if (taken > words.length) damaged(`splits of tree ${tree} share a set of categories`);
    const set = words.slice(from, to);
    if (!set.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32))
      damaged(`a set of categories of tree ${tree} is no list of words`);
    return Uint32Array.from(set);
  };
  builder.addTree(output, splits === 0 ? -1 : 0, (id) => {
    if (!Number.isInteger(id)) damaged(`tree ${tree} has a child ${id}`);
    if (id < 0) {
      const leaf = values[-1 - id] ?? damaged(`tree ${tree} has no leaf ${-1 - id}`);
      // A tree of one leaf has no count in some versions, and needs none.
      return { leaf, cover: rows[-1 - id] ?? (splits === 0 ? 0 : undefined) };
    }
    const bits = rule[id] ?? damaged(`tree ${tree} has no split ${id}`);
    if (!(Number.isInteger(bits) && bits >= 0 && bits < 12)) damaged(`tree ${tree} has a decision type ${bits}`);
    const value = threshold[id] as number;
    return {
      cover: reached[id],
      gain: gains[id],
      feature: feature[id] as number,
      rule: bits,
      threshold: value,
      set: (bits & CATEGORICAL) === 0 ? null : setOf(value),
      left: left[id] as number,
      right: right[id] as number,
    };
  });
}

function meaningOf(objective: string | undefined, outputs: number): { task: Task; link: ImportedLink; steepness: number } {
  const [name = 'none', ...options] = (objective ?? 'none').trim().split(/\s+/);
  const given = options.find((option) => option.startsWith('sigmoid:'))?.slice('sigmoid:'.length);
  const steepness = given === undefined ? 1 : Number(given);
  if (!(steepness > 0 && steepness < Infinity)) damaged(`its objective has a sigmoid of '${given}'`);
  if (name === 'multiclass' || name === 'multiclassova') {
    if (outputs < 2) damaged(`its objective is ${name} and it has one output`);
    return { task: 'multiclass', link: name === 'multiclass' ? 'softmax' : 'sigmoids', steepness };
  }
  if (outputs > 1) unsupported(`${outputs} outputs of the objective '${name}'`);
  const regression = (link: ImportedLink) => ({ task: 'regression' as const, link, steepness });
  if (name === 'binary') return { task: 'binary', link: 'sigmoid', steepness };
  if (name === 'cross_entropy') return regression('sigmoid');
  if (name === 'cross_entropy_lambda') return regression('softplus');
  if (name === 'poisson' || name === 'gamma' || name === 'tweedie') return regression('exp');
  if (name === 'regression') return regression(options.includes('sqrt') ? 'signedSquare' : 'identity');
  return PLAIN.includes(name) ? regression('identity') : unsupported(`the objective '${name.slice(0, 40)}'`);
}

/** Where the trees begin. */
function sectionsOf(text: string): readonly number[] {
  const starts: number[] = [];
  for (let at = text.indexOf('\nTree='); at >= 0; at = text.indexOf('\nTree=', at + 1)) {
    starts.push(at + 1);
    if (starts.length > MOST_TREES) damaged(`it has more than ${MOST_TREES} trees`);
  }
  return starts;
}

function fieldsOf(text: string): Fields {
  const fields = new Map<string, string>();
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const at = text.indexOf('=', from);
    if (at >= 0 && at < end) fields.set(text.slice(from, at), text.slice(at + 1, end).replace(/\r$/, ''));
    else fields.set(text.slice(from, end).trim(), '');
    if (fields.size > MOST_FIELDS) damaged(`a part of it has more than ${MOST_FIELDS} fields`);
    from = end + 1;
  }
  return fields;
}

/** Numbers parted by spaces; of a list that is longer than `most` there is one more than that. */
function listOf(fields: Fields, name: string, most: number): Float64Array {
  const text = fields.get(name) ?? '';
  const numbers = new NumberList();
  const words = /\S+/g;
  for (let word = words.exec(text); word !== null && numbers.length <= most; word = words.exec(text))
    numbers.push(numberOf(word[0], name));
  return numbers.finish();
}

function numberOf(word: string, name: string): number {
  const special = /^(-?)inf$/i.exec(word);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  const value = Number(word);
  if (Number.isNaN(value)) damaged(`'${word.slice(0, 40)}' in '${name}' is no number`);
  return value;
}

function count(fields: Fields, name: string, least: number, most: number): number {
  const text = fields.get(name) ?? damaged(`it has no '${name}'`);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(Number.isInteger(value) && value >= least && value <= most))
    damaged(`'${name}' is '${text.slice(0, 40)}', not a number from ${least} to ${most}`);
  return value;
}
