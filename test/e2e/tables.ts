import { random } from '../../src/base/random.js';

/** A customer table whose `churned` depends on tenure, plan and tickets, with missing values, an id, a constant, a date and text. */
export function customersCsv(rows: number, seed = 7): string {
  const source = random(seed);
  const plans = ['basic', 'plus', 'pro'] as const;
  const moods = ['slow and broken again', 'works fine for us', 'love the new release', 'support never answers'] as const;
  const lines = ['customer_id,signed_up,plan,tenure,spend,tickets,region,comment,version,churned'];
  for (let i = 0; i < rows; i++) {
    const plan = plans[source.below(3)] as string;
    const tenure = 1 + source.below(72);
    const tickets = source.below(6);
    const mood = source.below(4);
    const score =
      0.8 -
      tenure / 24 +
      tickets * 0.5 +
      (plan === 'basic' ? 0.7 : plan === 'pro' ? -0.7 : 0) +
      (mood === 0 || mood === 3 ? 0.8 : -0.8);
    const churned = source.next() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no';
    const spend = source.below(20) === 0 ? '' : (20 + source.next() * 80).toFixed(2);
    const day = new Date(Date.UTC(2020, 0, 1 + source.below(1000))).toISOString().slice(0, 10);
    lines.push(
      `C${100000 + i},${day},${plan},${tenure},${spend},${tickets},R${source.below(40)},"${moods[mood]}, ticket ${i}",v1,${churned}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** A regression table: price from area, rooms and district. */
export function housesCsv(rows: number, seed = 11): string {
  const source = random(seed);
  const lines = ['area,rooms,district,price'];
  for (let i = 0; i < rows; i++) {
    const area = 30 + source.below(170);
    const rooms = 1 + source.below(6);
    const district = source.below(8);
    lines.push(
      `${area},${rooms},D${district},${Math.round(area * 1800 + rooms * 9000 + district * 12_000 + source.normal() * 15_000)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
