const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A time in the unit in which it is read best. */
function time(milliseconds) {
  if (milliseconds >= 1) return `${digits(milliseconds)} ms`;
  return milliseconds >= 0.001
    ? `${digits(milliseconds * 1_000)} µs`
    : `${digits(milliseconds * 1_000_000)} ns`;
}

const round = (ratio) => Number(ratio.toPrecision(3));

export const jsonLine = ({ measure, ratio, goal }) => JSON.stringify({ measure, ratio: round(ratio), goal });

function verdict({ ratio, goal }, judged) {
  if (!judged) return 'not judged';
  return ratio <= goal ? 'ok' : 'MISSED';
}

/** One measure as readable lines: its figures, then its meaning. Counts are not times, and are printed unchanged. */
export function describe(result, judged) {
  const { measure, says, ratio, goal, ours, theirs } = result;
  const { told = `${time(ours)} against ${time(theirs)}` } = result;
  const figures = [
    measure.padEnd(26),
    `ratio ${digits(ratio)}`.padEnd(14),
    `goal ${goal}`.padEnd(10),
    verdict({ ratio, goal }, judged).padEnd(11),
    told,
  ];
  return `${figures.join(' ')}\n    ${says}`;
}
