/** The colours, light and dark. Every text pair here has a contrast of 4.5 or more. */
import type { Tone } from '../field/tone';

export interface Palette {
  readonly ground: string;
  readonly paper: string;
  readonly raised: string;
  readonly ink: string;
  readonly soft: string;
  readonly faint: string;
  readonly line: string;
  readonly brand: string;
  readonly brandInk: string;
  readonly brandWash: string;
  readonly second: string;
  readonly error: string;
  readonly warning: string;
  readonly success: string;
  readonly info: string;
  readonly tones: Readonly<Record<Tone, readonly [ink: string, ground: string]>>;
}

export const light: Palette = {
  ground: '#f4f6f8',
  paper: '#ffffff',
  raised: '#fafbfc',
  ink: '#17202b',
  soft: '#566273',
  faint: '#6b7787',
  line: '#e1e6eb',
  brand: '#17607a',
  brandInk: '#ffffff',
  brandWash: '#e3f0f4',
  second: '#9c5b12',
  error: '#b3261e',
  warning: '#8a5300',
  success: '#1b6e45',
  info: '#285ea8',
  tones: {
    rest: ['#4c5867', '#eceff3'],
    wait: ['#7a4b00', '#fdf1da'],
    run: ['#1f5296', '#e4eefb'],
    good: ['#17623d', '#e0f3e8'],
    care: ['#8a4706', '#fdeadb'],
    bad: ['#a1201a', '#fce6e4'],
  },
};

export const dark: Palette = {
  ground: '#10151b',
  paper: '#171e26',
  raised: '#1c242d',
  ink: '#e4e9ef',
  soft: '#a3b0be',
  faint: '#8c99a8',
  line: '#2a343f',
  brand: '#6cb9d3',
  brandInk: '#0b1b22',
  brandWash: '#1c3540',
  second: '#e0a55c',
  error: '#f2837b',
  warning: '#e6b260',
  success: '#6fcf9b',
  info: '#8ab6f2',
  tones: {
    rest: ['#b5c0cc', '#27313b'],
    wait: ['#f0c47a', '#3a2f1a'],
    run: ['#9cc3f7', '#1d2f47'],
    good: ['#85dbab', '#183527'],
    care: ['#f2b47c', '#3d2a1a'],
    bad: ['#f79a93', '#43211f'],
  },
};
