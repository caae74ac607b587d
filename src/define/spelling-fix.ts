import { didYouMean } from '../base/nearest.js';

/** The remedy for an unknown name: the nearest spelling, and what there is. */
export function spellingFix(given: string, names: readonly string[], listed: string): string {
  const shown = names.length > 24 ? `${names.slice(0, 24).join(', ')}, and ${names.length - 24} more` : names.join(', ');
  return `${didYouMean(given, names)} ${listed}: ${shown || 'none'}.`.trim();
}
