/** Next to zero, on the side that lets zero pass. */
const NEAR_ZERO = '1e-300';

/**
 * A LightGBM text as lleaves can read it: the constant of the first tree in the leaves of the next one, for it reads no tree of one
 * leaf, and no threshold of zero.
 */
export function textForLleaves(text: string): string {
  const [head, constant, first, ...others] = text.split(/^Tree=\d+\n/m);
  const end = 'end of trees';
  const [last, ending] = (others.at(-1) ?? first).split(end);
  const shift = Number(/^leaf_value=(\S+)$/m.exec(constant)?.[1]);
  const shifted = first.replace(/^leaf_value=(.*)$/m, (_, values: string) => {
    return `leaf_value=${values
      .split(' ')
      .map((value) => String(Number(value) + shift))
      .join(' ')}`;
  });
  const trees = [shifted, ...others.slice(0, -1), ...(others.length > 0 ? [last] : [])].map(
    (body, t) => `Tree=${t}\n${body.replace(/^threshold=.*$/m, (line) => line.replace(/(?<=[= ])0(?= |$)/g, NEAR_ZERO))}`,
  );
  const sizes = `tree_sizes=${trees.map((tree) => tree.length).join(' ')}`;
  return `${head.replace(/^tree_sizes=.*$/m, sizes)}${trees.join('')}${end}${ending}`;
}
