import { booleanIn, numbersIn, textsIn } from '../plain-data.js';
import type { EncodingScript } from './encoding-script.js';

export const codesScript: EncodingScript = {
  encoding: 'codes',
  reads: 'text',
  write(data, value, at, writer) {
    const levels = textsIn(data, 'levels');
    const unseen = booleanIn(data, 'other') ? String(levels.length) : 'NaN';
    return `x[${at}]=${value}===null?NaN:${writer.places(levels)}.get(${value})??${unseen}`;
  },
};

export const oneHotScript: EncodingScript = {
  encoding: 'oneHot',
  reads: 'text',
  write(data, value, at, writer) {
    const levels = textsIn(data, 'levels');
    let width = levels.length;
    const unseen = booleanIn(data, 'other') ? width++ : -1;
    const absent = booleanIn(data, 'missing') ? width++ : -1;
    const hot = writer.use({
      name: 'hot',
      code: 'const hot=(x,at,width,places,v,unseen,absent)=>{x.fill(0,at,at+width);const p=v===null?absent:places.get(v)??unseen;if(p>=0)x[at+p]=1};',
    });
    return `${hot}(x,${at},${width},${writer.places(levels)},${value},${unseen},${absent})`;
  },
};

export const targetMeanScript: EncodingScript = {
  encoding: 'targetMean',
  reads: 'text',
  write(data, value, at, writer) {
    const levels = textsIn(data, 'levels');
    const n = levels.length;
    const place = `${value}===null?${n}:${writer.places(levels)}.get(${value})??${n + 1}`;
    return textsIn(data, 'suffixes')
      .map((_, k) => `x[${at + k}]=${writer.numbers(numbersIn(data, `means${k}`, n + 2))}[${place}]`)
      .join(';');
  },
};
