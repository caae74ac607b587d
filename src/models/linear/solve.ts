/**
 * Solves A x = b for a symmetric positive semidefinite A (row-major, n x n, overwritten) by Cholesky factorisation. A direction that
 * the others already span (its pivot vanishes) gets the value 0.
 */
export function solvePositive(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  const usable = new Uint8Array(n);
  for (let j = 0; j < n; j++) {
    const scale = a[j * n + j];
    let pivot = scale;
    for (let k = 0; k < j; k++) pivot -= a[j * n + k] ** 2;
    usable[j] = pivot > scale * 1e-11 ? 1 : 0;
    const root = usable[j] ? Math.sqrt(pivot) : 1;
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = usable[j] ? sum / root : 0;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= a[i * n + k] * x[k];
    x[i] = usable[i] ? x[i] / a[i * n + i] : 0;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= a[k * n + i] * x[k];
    x[i] = usable[i] ? x[i] / a[i * n + i] : 0;
  }
  return x;
}
