/** Largest number of rows in one request unless a definition says otherwise. */
export const DEFAULT_MAX_ROWS = 1000;
/** How long a challenger is shadowed unless a definition says otherwise: a day, in ms. */
export const DEFAULT_SHADOW = 86_400_000;
