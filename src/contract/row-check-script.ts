import { fail } from '../base/error.js';
import { dataLiteral, numberLiteral, textLiteral } from '../base/script/literal.js';
import type { ScriptPart } from '../base/script/script-part.js';
import type { ScriptWriter } from '../base/script/script-writer.js';
import type { CheckPlan, ColumnPlan, ContractPlan } from '../define/plan.js';
import { fromScalar } from '../frame/compile-expression.js';
import { JavaScriptEmitter } from '../frame/emit-javascript.js';
import { environmentScript } from '../frame/expression-script.js';
import { kindOfCheck } from './checks/catalogue.js';
import { columnRules, conditionsOver, rowKinds, severityOf, WANTED } from './row-check.js';

/** A number that a row must name besides its columns, null when it is not known. */
export interface RowExtra {
  readonly name: string;
  readonly says: string;
}

export interface RowCheckScript {
  /** Name of a function `(row, values) => problems` as `RowCheck.check` is one. */
  readonly name: string;
  /** Names in the order of the values: columns, then extras. */
  readonly columns: readonly string[];
}

/** `momentOf` of moment-text.ts. */
const momentPart: ScriptPart = {
  name: 'momentOf',
  code: 'const momentOf=t=>{const m=/^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ](\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?(Z|[+-]\\d{2}:?\\d{2})?)?$/.exec(t);if(!m)return NaN;const[y,o,d,h,i,s]=[1,2,3,4,5,6].map(k=>Number(m[k]??0)),leap=y%4===0&&(y%100!==0||y%400===0);if(o<1||o>12||d<1||d>(o===2&&!leap?28:[31,29,31,30,31,30,31,31,30,31,30,31][o-1])||h>23||i>59||s>59)return NaN;const z=m[8],off=z===undefined||z==="Z"?0:(z[0]==="-"?-6e4:6e4)*(Number(z.slice(1,3))*60+Number(z.slice(-2)));return new Date(0).setUTCFullYear(y,o-1,d)+((h*60+i)*60+s)*1e3+(m[7]===undefined?0:Number("0."+m[7])*1e3)-off};',
};

const asText: ScriptPart = { name: 'asText', code: 'const asText=v=>typeof v==="string"?v:null;' };
/** `readValue` of row-check.ts by type. */
const READ: Readonly<Record<ColumnPlan['type'], ScriptPart>> = {
  number: { name: 'asNumber', code: 'const asNumber=v=>typeof v==="number"&&v-v===0?v:null;' },
  integer: { name: 'asWhole', code: 'const asWhole=v=>Number.isSafeInteger(v)?v:null;' },
  boolean: { name: 'asBoolean', code: 'const asBoolean=v=>typeof v==="boolean"?v:null;' },
  timestamp: {
    name: 'asMoment',
    needs: [momentPart],
    code: 'const asMoment=v=>{const t=typeof v==="string"?momentOf(v):typeof v==="number"?v:NaN;return t-t===0?t:null};',
  },
  string: asText,
  category: asText,
  text: asText,
};

/** As in row-check.ts, but for values that no JSON can hold. */
const shownPart: ScriptPart = {
  name: 'shown',
  code: 'const shown=v=>{let t;try{t=JSON.stringify(v)}catch{}t??=typeof v;return t.length>60?t.slice(0,60)+"...":t};',
};

/**
 * The loop of `compileRowCheck`. `C`: columns as [name, reader, what is wanted, 0 may be missing / 1 required / text: must be named, known
 * categories, tests as [holds, says, severity]]; `H`: conditions as [fails, column, says, severity].
 */
const checkPart: ScriptPart = {
  name: 'checkRow',
  needs: [shownPart],
  code:
    'const problem=(code,column,message,severity="error")=>({code,severity,column,message}),checkRow=(C,H,row,V)=>{' +
    'if(row===null||typeof row!=="object"||Array.isArray(row)){V.length=0;return[problem("MW_ROW_NOT_OBJECT",null,`A row is an object by column name, not ${shown(row)}.`)]}' +
    'const P=[],names=new Set;for(let i=0;i<C.length;i++){const[name,read,wanted,must,known,tests]=C[i],own=Object.hasOwn(row,name),v=own?row[name]:undefined;names.add(name);' +
    'if(v===null||v===undefined){V[i]=null;if(must===1||must!==0&&v===undefined)P.push(problem("MW_ROW_COLUMN_MISSING",name,`Column \'${name}\' is required and ${v===null?"null":"not there"}${must===1?"":`: ${must}`}.`));continue}' +
    'const x=V[i]=read(v);if(x===null){P.push(problem("MW_ROW_TYPE",name,`Column \'${name}\' must be ${wanted}, not ${shown(v)}.`));continue}' +
    'if(known&&!known.has(x))P.push(problem("MW_ROW_CATEGORY_UNSEEN",name,`Category ${shown(x)} of column \'${name}\' is not known.`,"warning"));' +
    'for(const[holds,says,severity]of tests)if(!holds(x))P.push(problem("MW_ROW_CHECK",name,`Not true: ${says}; it is ${shown(x)}.`,severity))}' +
    'for(const[fails,column,says,severity]of H)if(fails(V))P.push(problem("MW_ROW_CHECK",column,`Not true: ${says}.`,severity));' +
    'for(const key in row)if(!names.has(key))P.push(problem("MW_ROW_COLUMN_UNKNOWN",key,`Column \'${key}\' is not known and not used.`,"warning"));return P};',
};

/**
 * Writes what `compileRowCheck` compiles as script: the same problems for the same row, but that it does not guess what a misspelt column
 * was meant to be. `optional` columns are not required whatever the contract says.
 * @throws MW_EXCHANGE_UNSUPPORTED for a check of single values that has no script
 */
export function writeRowCheck(
  contract: Pick<ContractPlan, 'columns' | 'checks'>,
  extras: readonly RowExtra[],
  optional: ReadonlySet<string>,
  writer: ScriptWriter,
): RowCheckScript {
  const names = Object.keys(contract.columns);
  const columns = names.map((name) => {
    const plan = contract.columns[name] as ColumnPlan;
    const { required, known, tests } = columnRules(name, plan, contract.checks);
    const written = tests.map(
      (check) => `[${testScript(check, writer)},${saysAndSeverity(kindOfCheck(check.check).says(check), check)}]`,
    );
    const must = required && !optional.has(name) ? 1 : 0;
    const list = known ? writer.places(known) : 0;
    return `[${textLiteral(name)},${writer.use(READ[plan.type])},${textLiteral(WANTED[plan.type])},${must},${list},[${written.join()}]]`;
  });
  const more = extras.map(
    ({ name, says }) =>
      `[${textLiteral(name)},${writer.use(READ.number)},${textLiteral(WANTED.number)},${textLiteral(says)},0,[]]`,
  );
  const kinds = rowKinds(contract.columns);
  const conditions = conditionsOver(names, contract.checks).map(({ check, read }) => {
    const emitter = new JavaScriptEmitter(kinds, (name) => fromScalar(kinds[name] ?? 'number', `V[${names.indexOf(name)}]`));
    const { name } = emitter.add(check.expression);
    const fails = `V=>{${environmentScript(emitter, writer)}${emitter.statements.replaceAll('\n', '')}return ${name}===0}`;
    return `[${fails},${dataLiteral(read[0] ?? null)},${saysAndSeverity(check.name, check)}]`;
  });
  const lists = [writer.constant(`[${[...columns, ...more].join()}]`), writer.constant(`[${conditions.join()}]`)];
  const name = writer.constant(`(row,V)=>${writer.use(checkPart)}(${lists.join()},row,V)`);
  return { name, columns: [...names, ...extras.map((extra) => extra.name)] };
}

const saysAndSeverity = (says: string, check: CheckPlan): string => `${textLiteral(says)},${textLiteral(severityOf(check))}`;

function testScript(check: CheckPlan, writer: ScriptWriter): string {
  switch (check.check) {
    case 'between': {
      const low = numberLiteral(check.low ?? Number.NEGATIVE_INFINITY);
      const high = numberLiteral(check.high ?? Number.POSITIVE_INFINITY);
      return `v=>typeof v==="number"&&v>=${low}&&v<=${high}`;
    }
    case 'oneOf':
      return `v=>${writer.places(check.values)}.has(String(v))`;
    case 'matches':
      return `v=>${writer.constant(`new RegExp(${textLiteral(check.pattern)},"u")`)}.test(String(v))`;
    default:
      return fail('MW_EXCHANGE_UNSUPPORTED', {
        what: `The check '${check.check}' cannot be written as a module yet.`,
        where: 'column' in check ? { column: check.column } : {},
      });
  }
}
