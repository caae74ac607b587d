/**
 * How numbers are put on one scale for an estimator that needs that; an option of each such estimator, carried out by the encoder. 'auto'
 * is settled by a search, on validation rows; where nobody settles it, numbers are standardised as they are.
 */
export const shapeOption = {
  kind: 'choice',
  default: 'auto',
  choices: ['auto', 'none', 'log'],
  doc: "How numbers are put on one scale. 'none' standardises them; 'log' draws in long tails by a signed logarithm around the median first, but never numbers from 0 to 1; 'auto' takes 'log' where that lowers the loss of validation rows by more than twice its standard error, else 'none'.",
} as const;
