import { fail } from '../../base/error.js';
import type { Calibration, CalibrationMethod, CalibrationRows, Calibrator } from './calibration.js';
import { isotonic } from './isotonic.js';
import { platt } from './platt.js';
import { temperature } from './temperature.js';

/** Every way to calibrate, by name. */
export const CALIBRATORS: { readonly [K in CalibrationMethod]: Calibrator<Extract<Calibration, { kind: K }>> } = Object.freeze({
  platt,
  isotonic,
  temperature,
});

/**
 * Fits a map from probabilities to better ones on rows that the model was not fitted on.
 * @throws MW_MODEL_TASK for a regression, whose outputs are no probabilities
 */
export function fitCalibration(method: CalibrationMethod, rows: CalibrationRows): Calibration {
  if (rows.task === 'regression')
    fail('MW_MODEL_TASK', { what: `Calibration by '${method}' is for probabilities; a regression has none.` });
  return CALIBRATORS[method].fit(rows);
}

/** Maps the outputs of one row, in place. */
export function applyCalibration(calibration: Calibration, out: Float64Array, offset: number, outputs: number): void {
  (CALIBRATORS[calibration.kind] as Calibrator).apply(calibration, out, offset, outputs);
}
