/** The largest texts that state policies. Of a text in characters, of a file in bytes. */
export const LARGEST = Object.freeze({
  json: 100_000_000,
  /** Its parser takes many times as long as that of JSON, and holds up the others. */
  yaml: 200_000,
  /** Of a grid alone, in any of its forms, and of every file that is not read as YAML or JSON. */
  grid: 10_000_000,
  /** Of a set as JSON that is printed as YAML: printing that takes a while. */
  printedAsYaml: 100_000,
});

/** How policies are written that are too large for YAML. */
export const LARGER = `write it as JSON, which may have ${LARGEST.json}, or rules of the grid as CSV`;
