import { filesBelow, read } from '../surface/sources.js';

/** A fenced piece of code of a page. */
export interface Snippet {
  readonly page: string;
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

export const PAGES: readonly string[] = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  ...filesBelow('docs', /\.md$/),
];

const FENCE = /^```(\w+)\n([^]*?)^```$/gm;

/** The fenced code of a page, in order. */
export function snippetsOf(page: string): Snippet[] {
  const text = read(page);
  return [...text.matchAll(FENCE)].map(({ index, 1: language = '', 2: code = '' }) => ({
    page,
    line: text.slice(0, index).split('\n').length + 1,
    language,
    code,
  }));
}

/** Pieces of JavaScript and TypeScript. */
export const isProgram = ({ language }: Snippet): boolean => language === 'js' || language === 'ts';
