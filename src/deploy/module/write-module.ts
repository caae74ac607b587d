import { fail } from '../../base/error.js';
import { dataLiteral, keyLiteral, numberLiteral, textLiteral } from '../../base/script/literal.js';
import { ScriptWriter } from '../../base/script/script-writer.js';
import { requestContract } from '../../contract/request-check.js';
import { columnRules } from '../../contract/row-check.js';
import { writeRowCheck } from '../../contract/row-check-script.js';
import type { SystemPlan } from '../../define/plan.js';
import { emitFeatures } from '../../features/feature-row.js';
import { fromScalar } from '../../frame/compile-expression.js';
import { missing } from '../../frame/emit-javascript.js';
import { environmentScript } from '../../frame/expression-script.js';
import type { ScriptLoss } from '../../models/module/model-script.js';
import { hasTrees } from '../../models/module/tree-list.js';
import { writePipeline } from '../../pipeline/module/write-pipeline.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { numberFrom, textFrom } from '../../pipeline/read-column.js';
import { type ModuleInput, neededFeatures } from './module-inputs.js';
import { moduleTypes } from './module-types.js';

/** What a module is made of. */
export interface ModuleSubject {
  readonly plan: SystemPlan;
  readonly pipeline: Pipeline;
  /** Told by `describe()` and, in part, by the header. */
  readonly about: {
    readonly model: string;
    readonly version: number;
    readonly hash: string;
    readonly pipeline: string;
    readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  /** Version of Millwright, for the header. */
  readonly writtenBy: string;
  readonly loss: ScriptLoss;
}

export interface WrittenModule {
  /** The ES module. */
  readonly code: string;
  /** Its TypeScript declarations. */
  readonly types: string;
  readonly inputs: readonly ModuleInput[];
  readonly notes: readonly string[];
  /** Whether there are leaves of trees, to prune and to round. */
  readonly hasTrees: boolean;
}

/**
 * Writes a model with its whole feature pipeline as an ES module without imports: `predict`, `predictBatch`, `check` and `describe`. Its
 * answers are the server's, to the bit unless `loss` gives some up.
 * @throws MW_EXCHANGE_UNSUPPORTED
 */
export function writeModule({ plan, pipeline, about, writtenBy, loss }: ModuleSubject): WrittenModule {
  const writer = new ScriptWriter();
  const { features, reads, windows } = neededFeatures(plan, pipeline);
  const unused = new Set(Object.keys(plan.request.columns).filter((name) => !reads.has(name)));
  const contract = requestContract(plan);
  const request = writeRowCheck(contract, windows, unused, writer);
  const inputs = moduleInputs(contract, windows, reads);
  if (windows.length > 0)
    writer.note(
      `A module has no history: ${windows.map(({ name }) => `'${name}'`).join(', ')} ${windows.length === 1 ? 'is an input' : 'are inputs'} of a request, null when nothing is known.`,
    );
  const scored = writePipeline(pipeline, writer, loss);
  const scoreRow = writeFeatures(plan, pipeline, features, request.columns, scored, writer);
  const { task, classes, threshold, model } = pipeline;
  const described = {
    ...about,
    estimator: model.estimator,
    task,
    classes,
    threshold,
    loss: loss.prune > 0 || loss.leafBits < 64 ? loss : null,
  };
  const code = [
    header(about, described, inputs, writtenBy),
    String(writer),
    errorScript(),
    `const answer=(row,at)=>{const V=[],W=${request.name}(row,V),P=W.filter(p=>p.severity==="error");if(P.length)throw invalid(P,at);const y=${scoreRow}(V),a=${answerScript(pipeline)};if(W.length)a.warnings=W.map(({code,column})=>({code,column}));return a};`,
    'export const predict=request=>answer(request,0);',
    'export const predictBatch=requests=>{if(!Array.isArray(requests))throw new MillwrightError("MW_SERVE_BODY_SHAPE","The requests are no list.",{},"Give a list of requests.");return requests.map((row,at)=>{try{return answer(row,at)}catch(e){if(e instanceof MillwrightError)return{error:e.toJSON()};throw e}})};',
    `export const check=request=>${request.name}(request,[]);`,
    `export const describe=()=>(${describeScript(described, inputs, writer)});`,
    '',
  ].join('\n');
  return {
    code: withoutTags(code),
    types: moduleTypes(inputs, task, classes),
    inputs,
    notes: writer.notes,
    hasTrees: hasTrees(writer),
  };
}

/** Nothing that ends or opens a script when the module stands in a page. */
const withoutTags = (code: string): string => code.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--');

function moduleInputs(
  { columns, checks }: ReturnType<typeof requestContract>,
  windows: readonly { readonly name: string; readonly says: string }[],
  reads: ReadonlySet<string>,
): ModuleInput[] {
  const own = Object.entries(columns).map(
    ([name, column]): ModuleInput => ({
      name,
      type: column.type,
      categories: column.categories,
      required: reads.has(name) && columnRules(name, column, checks).required,
      used: reads.has(name),
      from: 'request',
      says: null,
    }),
  );
  return [
    ...own,
    ...windows.map(
      ({ name, says }): ModuleInput => ({
        name,
        type: 'number',
        categories: null,
        required: true,
        used: true,
        from: 'window',
        says,
      }),
    ),
  ];
}

/** Name of a function `V => y`: outputs of the model from the values of a checked request. */
function writeFeatures(
  plan: SystemPlan,
  pipeline: Pipeline,
  features: SystemPlan['features'],
  columns: readonly string[],
  { name: score, reads }: ReturnType<typeof writePipeline>,
  writer: ScriptWriter,
): string {
  const at = new Map(columns.map((name, i) => [name, i]));
  const { emitter, values } = emitFeatures({ ...plan, features }, (name, kind) => fromScalar(kind, `V[${at.get(name) ?? -1}]`));
  const handed = pipeline.features.map(({ name }, i) => {
    const place = features.findIndex((feature) => feature.name === name);
    const value = values[place];
    if (!value)
      return fail('MW_SERVE_DEPLOYMENT_MISMATCH', {
        what: `The model needs the feature '${name}', which the definition does not have.`,
        where: { feature: name },
      });
    if ((reads[i] === 'text') !== (value.kind === 'string'))
      return fail('MW_EXCHANGE_UNSUPPORTED', {
        what: `The feature '${name}' holds values of kind ${value.kind} and is read as a ${reads[i]}, which a module cannot do yet.`,
        where: { feature: name },
      });
    const substitute = plan.serve.whenMissing[name] ?? null;
    if (value.kind === 'string')
      return substitute === null ? value.name : `${value.name}??${textLiteral(textFrom(substitute) ?? '')}`;
    const known = value.kind === 'boolean' ? value.name : `${writer.use(finitePart)}(${value.name})`;
    if (substitute === null && value.kind !== 'boolean') return known;
    return `${missing(value.kind, value.name)}?${numberLiteral(numberFrom(substitute))}:${known}`;
  });
  return writer.constant(
    `V=>{${environmentScript(emitter, writer)}${emitter.statements.replaceAll('\n', '')}return ${score}([${handed.join()}])}`,
  );
}

/** Infinite values are missing to every encoding. */
const finitePart = { name: 'finite', code: 'const finite=v=>v-v===0?v:NaN;' };

function answerScript({ task, classes, threshold }: Pipeline): string {
  if (task === 'regression') return '{prediction:y[0],probability:null}';
  const labels = dataLiteral(classes);
  if (task === 'binary') return `{prediction:${labels}[y[0]>=${numberLiteral(threshold)}?1:0],probability:y[0]}`;
  const each = classes.map((name, k) => `${keyLiteral(name)}:y[${k}]`).join();
  return `{prediction:${labels}[y.reduce((b,v,k)=>v>y[b]?k:b,0)],probability:{${each}}}`;
}

/** The error of a bad request, as the server answers it. */
const errorScript = (): string =>
  'class MillwrightError extends Error{constructor(code,message,where,fix){super(message);this.code=code;this.where=where;this.fix=fix}get name(){return"MillwrightError"}toJSON(){const{code,message,where,fix}=this;return{code,message,where,fix}}}\n' +
  'const invalid=(P,row)=>{const{column,code}=P[0],more=P.length>5?`; and ${P.length-5} more`:"";return new MillwrightError("MW_SERVE_ROW_INVALID",`${P.slice(0,5).map(p=>p.message.replace(/\\.$/,"")).join("; ")}${more}.`,{row,...(column!==null&&{column}),problem:code},' +
  '"Correct the named columns; describe() tells their types.")};';

function describeScript(
  described: Readonly<Record<string, unknown>>,
  inputs: readonly ModuleInput[],
  writer: ScriptWriter,
): string {
  const listed = inputs.map(({ categories, ...input }) => {
    const list = categories === null ? 'null' : `${writer.texts(categories)}.slice()`;
    return `${dataLiteral(input).replace(/\}$/, '')},categories:${list}}`;
  });
  return `${dataLiteral(described).replace(/\}$/, '')},inputs:[${listed.join()}]}`;
}

function header(
  about: ModuleSubject['about'],
  { estimator, task, loss }: { readonly estimator: string; readonly task: string; readonly loss: ScriptLoss | null },
  inputs: readonly ModuleInput[],
  writtenBy: string,
): string {
  const lossy = loss === null ? '' : ` Smaller by prune ${loss.prune}, leaf bits ${loss.leafBits}.`;
  const lines = [
    `${about.model}:${about.version}, ${estimator} for a ${task} problem, written by Millwright ${writtenBy}.${lossy}`,
    `Version ${about.hash}`,
    `Inputs: ${inputs.map(({ name }) => JSON.stringify(name)).join(', ')}`,
    'predict(request), predictBatch(requests), check(request), describe()',
  ];
  const safe = lines.map((line) => ` * ${line.replaceAll('*/', '* /').replace(/[\n\r\u2028\u2029]/g, ' ')}`);
  return `/*!\n${safe.join('\n')}\n */`;
}
