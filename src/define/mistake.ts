/** What a type says in place of `never`: no value has it, and the compiler's message quotes the sentence. */
export interface Mistake<Message extends string> {
  readonly error: Message;
}

export declare const VALUE: unique symbol;
/** Carries a type that exists only for the compiler. */
export interface Typed<T> {
  readonly [VALUE]?: T;
}

export type Name<T> = keyof T & string;

/** Names of the properties of T whose type is V; not of those that a mistake elsewhere has left without a type. */
export type NamesOf<T, V> = { [K in Name<T>]: 0 extends 1 & T[K] ? never : [T[K]] extends [V] ? K : never }[Name<T>];

/** An intersection written as one object type. */
export type Flat<T> = { [K in keyof T]: T[K] };
