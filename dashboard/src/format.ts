/** Figures and moments as people read them; all moments in UTC. */
export const count = (value: number): string => value.toLocaleString('en-US');

export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  return Math.abs(value) >= 1000 ? count(Math.round(value)) : String(Number(value.toPrecision(digits)));
}

export const latency = (ms: number | null): string =>
  ms === null ? '–' : ms < 1 ? `${figure(ms * 1000, 2)} µs` : `${figure(ms, 2)} ms`;

export const percent = (share: number): string => `${figure(share * 100, 2)} %`;

const two = (value: number): string => String(value).padStart(2, '0');

export function day(moment: number): string {
  const date = new Date(moment);
  return `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
}

export function clock(moment: number): string {
  const date = new Date(moment);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

export const moment = (at: number): string => `${day(at)} ${new Date(at).getUTCFullYear()}, ${clock(at)}`;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
