/** Figures and moments as people read them: four significant digits, thousands parted by commas, moments in UTC. */
const ABSENT = '–';

type Maybe = number | null | undefined;

const isFigure = (value: Maybe): value is number => typeof value === 'number' && Number.isFinite(value);

const thousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** A whole number. */
export const count = (value: Maybe): string =>
  isFigure(value) ? `${value < 0 ? '−' : ''}${thousands(Math.abs(Math.round(value)).toFixed(0))}` : ABSENT;

/** A measured number. */
export function figure(value: Maybe): string {
  if (!isFigure(value)) return ABSENT;
  if (value === 0) return '0';
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size >= 1e15 || size < 1e-6) return `${sign}${size.toExponential(3).replace('e+', 'e')}`;
  if (size >= 999.95) return `${sign}${thousands(size.toFixed(0))}`;
  return `${sign}${size.toPrecision(4)}`;
}

/** A setting that somebody chose: as short as it can be told. */
export function setting(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return count(value);
  return String(Number(value.toPrecision(4)))
    .replace('-', '−')
    .replace('e−', 'e-')
    .replace('e+', 'e');
}

/** A share of one as per cent. */
export const percent = (share: Maybe): string => {
  if (!isFigure(share)) return ABSENT;
  return share === 0 ? '0 %' : share === 1 ? '100 %' : `${share < 0 ? '−' : ''}${Math.abs(share * 100).toPrecision(3)} %`;
};

export const interval = ({ low, high, note }: { readonly low: Maybe; readonly high: Maybe; readonly note?: string }): string =>
  isFigure(low) && isFigure(high) ? `${figure(low)} to ${figure(high)}` : (note ?? ABSENT);

/** Milliseconds in the unit that suits. */
export function milliseconds(ms: Maybe): string {
  if (!isFigure(ms)) return ABSENT;
  if (ms !== 0 && ms < 1) return `${(ms * 1000).toPrecision(3)} µs`;
  return ms >= 1000 ? `${figure(ms / 1000)} s` : `${Number(ms.toPrecision(3))} ms`;
}

/** An instant in epoch milliseconds, to the minute. */
export function moment(at: Maybe): string {
  if (!isFigure(at) || Math.abs(at) > 8.64e15) return ABSENT;
  return `${new Date(at).toISOString().slice(0, -8).replace('T', ' ')} UTC`;
}
