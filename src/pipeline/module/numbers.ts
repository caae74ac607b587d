import { engineLog1pScript } from '../../base/script/engine-log.js';
import { numberLiteral } from '../../base/script/literal.js';
import type { ScriptPart } from '../../base/script/script-part.js';
import { booleanIn, numberIn, objectIn } from '../plain-data.js';
import type { EncodingScript } from './encoding-script.js';

const scalePart: ScriptPart = {
  name: 'scale',
  code: 'const scale=(v,l,h,m,d)=>((v<l?l:v>h?h:v)-m)/d;',
};

const logScalePart: ScriptPart = {
  name: 'logScale',
  code: 'const logScale=(v,l,h,m,d,c,s)=>{const a=((v<l?l:v>h?h:v)-c)/s;return((a<0?-ln1p(-a):ln1p(a))-m)/d};',
  needs: [engineLog1pScript],
};

export const numberScript: EncodingScript = {
  encoding: 'number',
  reads: 'number',
  write(data, value, at, writer) {
    const indicator = booleanIn(data, 'indicator') ? `;x[${at + 1}]=${value}!==${value}?1:0` : '';
    const filled = booleanIn(data, 'imputed') ? `${value}!==${value}?${numberLiteral(numberIn(data, 'fill'))}:${value}` : value;
    if (data['scale'] === null) return `x[${at}]=${filled}${indicator}`;
    const of = objectIn(data['scale'], 'scale');
    const log = of['shape'] === 'log';
    const names = ['low', 'high', 'mean', 'deviation', ...(log ? ['centre', 'spread'] : [])];
    const scaled = writer.use(log ? logScalePart : scalePart);
    return `x[${at}]=${scaled}(${[filled, ...names.map((name) => numberLiteral(numberIn(of, name)))].join()})${indicator}`;
  },
};

export const booleanScript: EncodingScript = {
  encoding: 'boolean',
  reads: 'number',
  write(data, value, at) {
    const fill = booleanIn(data, 'imputed') ? numberIn(data, 'fill') : Number.NaN;
    const indicator = booleanIn(data, 'indicator') ? `;x[${at + 1}]=${value}!==${value}?1:0` : '';
    return `x[${at}]=${value}!==${value}?${numberLiteral(fill)}:${value}===0?0:1${indicator}`;
  },
};
