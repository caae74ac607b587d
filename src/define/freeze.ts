/** Freezes plain data all the way down and returns it. */
export function deepFreeze<T>(data: T): T {
  if (typeof data === 'object' && data !== null && !Object.isFrozen(data)) {
    Object.freeze(data);
    for (const part of Object.values(data)) deepFreeze(part);
  } else if (typeof data === 'object' && data !== null) {
    for (const part of Object.values(data)) if (!Object.isFrozen(part)) deepFreeze(part);
  }
  return data;
}
