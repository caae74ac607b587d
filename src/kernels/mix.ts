/**
 * A counter-based generator: 32 well mixed bits from a key and a counter, so that any row's number is known without drawing those
 * before it, whatever thread asks. The mixer is the finaliser of MurmurHash3 with the constants found by Wellons (lowbias32), twice.
 */
export function mix(key: number, counter: number): number {
  let z = Math.imul(counter ^ key, 0x9e3779b9);
  z ^= z >>> 16;
  z = Math.imul(z, 0x21f0aaad);
  z ^= z >>> 15;
  z = Math.imul(z + key, 0x735a2d97);
  z ^= z >>> 15;
  return z >>> 0;
}
