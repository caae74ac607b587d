import { fail } from '../base/error.js';
import { LONGEST_MATCHED } from '../base/linear-pattern.js';
import { dataLiteral, numberLiteral, textLiteral } from '../base/script/literal.js';
import type { ScriptPart } from '../base/script/script-part.js';
import type { ScriptWriter } from '../base/script/script-writer.js';
import type { CheckPlan, ColumnPlan, ContractPlan } from '../define/plan.js';
import { fromScalar } from '../frame/compile-expression.js';
import { JavaScriptEmitter } from '../frame/emit-javascript.js';
import { environmentScript } from '../frame/expression-script.js';
import { TYPES } from '../types/catalogue.js';
import { readerScript } from '../types/reader.js';
import { kindOfCheck } from './checks/catalogue.js';
import { columnRules, conditionsOver, type RowContract, rowKinds, severityOf, UNKNOWN_TOLD } from './row-check.js';

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

/** As in row-check.ts. */
const shownPart: ScriptPart = {
  name: 'shown',
  code: 'const shown=v=>{const y=typeof v;return y==="string"?v.length>60?JSON.stringify(v.slice(0,60))+"...":JSON.stringify(v):y==="object"&&v!==null?Array.isArray(v)?"a list":"an object":y==="number"||y==="boolean"||v===null?String(v):"a "+y};',
};

/**
 * The loop of `compileRowCheck`. `C`: columns as [name, reader, what is wanted, 0 may be missing / 1 required / text: must be named, known
 * categories, tests as [holds, says, severity]]; `H`: conditions as [fails, column, says, severity];
 * `aside`: names that are no columns and known all the same.
 */
const checkPart: ScriptPart = {
  name: 'checkRow',
  needs: [shownPart],
  code:
    'const problem=(code,column,message,severity="error")=>({code,severity,column,message}),checkRow=(C,H,aside,row,V)=>{' +
    'if(row===null||typeof row!=="object"||Array.isArray(row)){V.length=0;return[problem("MW_ROW_NOT_OBJECT",null,`A row is an object by column name, not ${shown(row)}.`)]}' +
    'const P=[],names=new Set(aside);for(let i=0;i<C.length;i++){const[name,read,wanted,must,known,tests]=C[i],own=Object.hasOwn(row,name),v=own?row[name]:undefined;names.add(name);' +
    'const x=read(v);if(x===null){V[i]=null;if(must===1||must!==0&&v===undefined)P.push(problem("MW_ROW_COLUMN_MISSING",name,`Column \'${name}\' is required and ${v===undefined?"not there":v===null?"null":shown(v)+", which means missing"}${must===1?"":`: ${must}`}.`));continue}' +
    'if(x===undefined){V[i]=null;P.push(problem("MW_ROW_TYPE",name,`Column \'${name}\' must be ${wanted}, not ${shown(v)}.`));continue}V[i]=x;' +
    'if(known&&!known.has(x))P.push(problem("MW_ROW_CATEGORY_UNSEEN",name,`Category ${shown(x)} of column \'${name}\' is not known.`,"warning"));' +
    'for(const[holds,says,severity]of tests)if(!holds(x))P.push(problem("MW_ROW_CHECK",name,`Not true: ${says}; it is ${shown(x)}.`,severity))}' +
    'for(const[fails,column,says,severity]of H)if(fails(V))P.push(problem("MW_ROW_CHECK",column,`Not true: ${says}.`,severity));' +
    `let u=0;for(const key in row)if(!names.has(key)&&++u<=${UNKNOWN_TOLD})P.push(problem("MW_ROW_COLUMN_UNKNOWN",key,\`Column '\${key}' is not known and not used.\`,"warning"));` +
    `if(u>${UNKNOWN_TOLD})P.push(problem("MW_ROW_COLUMN_UNKNOWN",null,\`\${u-${UNKNOWN_TOLD}} more columns are not known and not used.\`,"warning"));return P};`,
};

/**
 * Writes what `compileRowCheck` compiles as script: the same problems for the same row, but that it does not guess what a misspelt column
 * was meant to be. `optional` columns are not required whatever the contract says.
 * @throws MW_EXCHANGE_UNSUPPORTED for a check of single values that has no script
 */
export function writeRowCheck(
  contract: RowContract & Pick<ContractPlan, 'checks'>,
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
    return `[${textLiteral(name)},${readerScript(plan, writer)},${textLiteral(TYPES[plan.type].wanted)},${must},${list},[${written.join()}]]`;
  });
  const more = extras.map(
    ({ name, says }) =>
      `[${textLiteral(name)},${readerScript({ type: 'number' }, writer)},${textLiteral(TYPES.number.wanted)},${textLiteral(says)},0,[]]`,
  );
  const kinds = rowKinds(contract.columns);
  const conditions = conditionsOver(names, contract.checks).map(({ check, read }) => {
    const emitter = new JavaScriptEmitter(kinds, (name) => fromScalar(kinds[name] ?? 'number', `V[${names.indexOf(name)}]`));
    const { name } = emitter.add(check.expression);
    const fails = `V=>{${environmentScript(emitter, writer)}${emitter.statements.replaceAll('\n', '')}return ${name}===0}`;
    return `[${fails},${dataLiteral(read[0] ?? null)},${saysAndSeverity(check.name, check)}]`;
  });
  const lists = [
    writer.constant(`[${[...columns, ...more].join()}]`),
    writer.constant(`[${conditions.join()}]`),
    writer.texts(contract.aside ?? []),
  ];
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
      return `v=>(v=String(v)).length<=${LONGEST_MATCHED}&&${writer.constant(`new RegExp(${textLiteral(check.pattern)},"u")`)}.test(v)`;
    default:
      return fail('MW_EXCHANGE_UNSUPPORTED', {
        what: `The check '${check.check}' cannot be written as a module yet.`,
        where: 'column' in check ? { column: check.column } : {},
      });
  }
}
