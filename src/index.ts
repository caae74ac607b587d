/** Millwright: the definition language. Everything a definition file imports. */
export * from './define/language.js';
