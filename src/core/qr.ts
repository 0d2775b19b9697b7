import { createRequire } from 'node:module';

// The tables of ISO/IEC 18004 come with the package that draws the codes.
const require = createRequire(import.meta.url);
type Level = { bit: number };
const tables = require('qrcode/lib/core/error-correction-code.js') as { getBlocksCount(version: number, level: Level): number; getTotalCodewordsCount(version: number, level: Level): number };
const { getSymbolTotalCodewords } = require('qrcode/lib/core/utils.js') as { getSymbolTotalCodewords(version: number): number };
const { getPositions } = require('qrcode/lib/core/alignment-pattern.js') as { getPositions(version: number): [number, number][] };
// Its functions tell levels apart as objects: only these four will do.
const levels = Object.values(require('qrcode/lib/core/error-correction-level.js') as Record<string, Level | (() => Level)>).filter((one): one is Level => typeof one === 'object');
const { getEncodedBits } = require('qrcode/lib/core/format-info.js') as { getEncodedBits(level: Level, mask: number): number };

/** A picture in shades of grey, a byte each. */
export type Grey = { data: Uint8Array; width: number; height: number };
type Spot = { x: number; y: number; size: number; count: number };
const spotsAtMost = 14;
const triesAtMost = 40;

/** The shade that best parts ink from paper (Otsu). */
function thresholdOf({ data }: Grey): number {
  const histogram = new Float64Array(256);
  for (const shade of data) histogram[shade]!++;
  let sum = 0;
  for (let shade = 0; shade < 256; shade++) sum += shade * histogram[shade]!;
  let [below, sumBelow, best, found] = [0, 0, -1, 128];
  for (let shade = 0; shade < 255; shade++) {
    below += histogram[shade]!;
    sumBelow += shade * histogram[shade]!;
    const above = data.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (between > best) [best, found] = [between, shade];
  }
  return found;
}

/** Whether five runs stand as 1:1:3:1:1, which no script does in both directions. */
function isFinder(runs: readonly number[]): boolean {
  const size = runs.reduce((all, run) => all + run, 0) / 7;
  return size >= 1 && runs.every((run, index) => Math.abs(run - (index === 2 ? 3 : 1) * size) < (index === 2 ? 1.5 : 0.7) * size);
}

class Picture {
  readonly width: number;
  readonly height: number;
  readonly #dark: Uint8Array;
  constructor(grey: Grey) {
    this.width = grey.width;
    this.height = grey.height;
    const threshold = thresholdOf(grey);
    this.#dark = grey.data.map((shade) => (shade <= threshold ? 1 : 0));
  }
  isDark(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height && this.#dark[y * this.width + x] === 1;
  }

  /** The runs through a dark point along a direction, with the middle of the middle one; null where they are no finder's. */
  #across(x: number, y: number, dx: number, dy: number, most: number): { middle: number; size: number } | null {
    const walk = (sign: number): number[] => {
      const runs = [0, 0, 0];
      let at = sign > 0 ? 0 : 1;
      for (let run = 0; run < 3; run++) for (; runs[run]! <= most && this.isDark(x + dx * sign * at, y + dy * sign * at) === (run !== 1) && this.#holds(x + dx * sign * at, y + dy * sign * at); at++) runs[run]!++;
      return runs;
    };
    const [after, before] = [walk(1), walk(-1)];
    const runs = [before[2]!, before[1]!, before[0]! + after[0]!, after[1]!, after[2]!];
    return isFinder(runs) ? { middle: (after[0]! - before[0]! - 1) / 2, size: runs.reduce((all, run) => all + run, 0) / 7 } : null;
  }
  #holds(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height;
  }

  /** The squares in the corners of codes, those that were crossed most often first. */
  findSpots(): Spot[] {
    const spots: Spot[] = [];
    for (let y = 0; y < this.height; y += 2) {
      const runs = [0, 0, 0, 0, 0];
      let dark = false;
      for (let x = 0; x <= this.width; x++) {
        if (x < this.width && this.isDark(x, y) === dark) {
          runs[4]!++;
          continue;
        }
        if (dark && isFinder(runs)) this.#note(spots, Math.round(x - runs[4]! - runs[3]! - runs[2]! / 2), y, runs[2]! * 2);
        runs.shift();
        runs.push(1);
        dark = !dark;
      }
    }
    return spots.filter((spot) => spot.count > 1).sort((a, b) => b.count - a.count).slice(0, spotsAtMost);
  }
  #note(spots: Spot[], x: number, y: number, most: number): void {
    const down = this.#across(x, y, 0, 1, most);
    const across = down && this.#across(x, Math.round(y + down.middle), 1, 0, most);
    if (!down || !across) return;
    const found = { x: x + across.middle, y: y + down.middle, size: (down.size + across.size) / 2 };
    const same = spots.find((spot) => Math.hypot(spot.x - found.x, spot.y - found.y) < spot.size * 3);
    if (!same) spots.push({ ...found, count: 1 });
    else {
      for (const key of ['x', 'y', 'size'] as const) same[key] = (same[key] * same.count + found[key]) / (same.count + 1);
      same.count++;
    }
  }
}

type Corners = { topLeft: Spot; topRight: Spot; bottomLeft: Spot };
/** Three spots as the corners of one code: two sides of one length at a right angle. */
function cornersOf(three: readonly [Spot, Spot, Spot]): (Corners & { fault: number }) | null {
  const between = (a: Spot, b: Spot): number => Math.hypot(a.x - b.x, a.y - b.y);
  const [topLeft, one, two] = ([[0, 1, 2], [1, 0, 2], [2, 0, 1]] as const).map(([a, b, c]) => [three[a], three[b], three[c]] as const).sort((left, right) => between(right[1], right[2]) - between(left[1], left[2]))[0]!;
  const [a, b, c] = [between(topLeft, one), between(topLeft, two), between(one, two)];
  const sizes = three.map((spot) => spot.size);
  const fault = Math.abs(a - b) / Math.max(a, b) + Math.abs(c * c - a * a - b * b) / (c * c) + (Math.max(...sizes) - Math.min(...sizes)) / Math.max(...sizes);
  if (fault > 0.5 || a < topLeft.size * 12) return null;
  const turn = (one.x - topLeft.x) * (two.y - topLeft.y) - (one.y - topLeft.y) * (two.x - topLeft.x);
  return turn > 0 ? { topLeft, topRight: one, bottomLeft: two, fault } : { topLeft, topRight: two, bottomLeft: one, fault };
}

const masks: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0, (i) => i % 2 === 0, (_, j) => j % 3 === 0, (i, j) => (i + j) % 3 === 0, (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0, (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0, (i, j) => (((i * j) % 3) + ((i + j) % 2)) % 2 === 0,
];
const bitsIn = (value: number): number => value.toString(2).replaceAll('0', '').length;

/** Level and mask, from whichever of their two copies is whole. */
function formatOf(at: (row: number, column: number) => boolean, side: number): { level: Level; mask: number } | null {
  let [first, second] = [0, 0];
  for (let bit = 0; bit < 15; bit++) {
    if (at(bit < 6 ? bit : bit < 8 ? bit + 1 : side - 15 + bit, 8)) first |= 1 << bit;
    if (at(8, bit < 8 ? side - bit - 1 : bit < 9 ? 15 - bit : 14 - bit)) second |= 1 << bit;
  }
  let best: { level: Level; mask: number; off: number } | null = null;
  for (const level of levels) for (let mask = 0; mask < 8; mask++) {
    const bits = getEncodedBits(level, mask);
    const off = Math.min(bitsIn(bits ^ first), bitsIn(bits ^ second));
    if (off <= 3 && off < (best?.off ?? 4)) best = { level, mask, off };
  }
  return best;
}

function codewordsOf(at: (row: number, column: number) => boolean, version: number, mask: number): number[] {
  const side = version * 4 + 17;
  const taken = new Uint8Array(side * side);
  const take = (row: number, column: number, rows: number, columns: number): void => {
    for (let i = row; i < row + rows; i++) for (let j = column; j < column + columns; j++) taken[i * side + j] = 1;
  };
  take(0, 0, 9, 9);
  take(0, side - 8, 9, 8);
  take(side - 8, 0, 8, 9);
  take(6, 0, 1, side);
  take(0, 6, side, 1);
  for (const [row, column] of getPositions(version)) take(row - 2, column - 2, 5, 5);
  if (version >= 7) {
    take(0, side - 11, 6, 3);
    take(side - 11, 0, 3, 6);
  }
  const words: number[] = [];
  let [bits, count, up] = [0, 0, true];
  for (let column = side - 1; column > 0; column -= 2) {
    if (column === 6) column--;
    for (let step = 0; step < side; step++) for (const j of [column, column - 1]) {
      const i = up ? side - 1 - step : step;
      if (taken[i * side + j]) continue;
      bits = (bits << 1) | Number(at(i, j) !== masks[mask]!(i, j));
      if (++count % 8 === 0) {
        words.push(bits);
        bits = 0;
      }
    }
    up = !up;
  }
  return words;
}

const power = new Uint8Array(512);
const log = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent++) {
  power[exponent] = power[exponent + 255] = value;
  log[value] = exponent;
  value = value & 0x80 ? (value << 1) ^ 0x11d : value << 1;
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : power[log[a]! + log[b]!]!);
const inverse = (a: number): number => power[255 - log[a]!]!;
/** Value at x of a polynomial, lowest coefficient first. */
const valueAt = (polynomial: readonly number[], x: number): number => polynomial.reduceRight((sum, coefficient) => times(sum, x) ^ coefficient, 0);

/** A block with its errors set right (Reed–Solomon: Berlekamp–Massey, Chien, Forney), or null when there are too many. */
function correct(block: readonly number[], checks: number): number[] | null {
  const reversed = block.toReversed();
  const syndromes = Array.from({ length: checks }, (_, index) => valueAt(reversed, power[index]!));
  if (syndromes.every((one) => one === 0)) return [...block];
  let [locator, previous, gap, last, length] = [[1], [1], 1, 1, 0];
  for (let step = 0; step < checks; step++) {
    let off = syndromes[step]!;
    for (let index = 1; index <= length; index++) off ^= times(locator[index] ?? 0, syndromes[step - index]!);
    if (off === 0) {
      gap++;
      continue;
    }
    const scale = times(off, inverse(last));
    const next = Array.from({ length: Math.max(locator.length, previous.length + gap) }, (_, index) => (locator[index] ?? 0) ^ times(scale, previous[index - gap] ?? 0));
    if (2 * length <= step) [previous, last, length, gap] = [locator, off, step + 1 - length, 1];
    else gap++;
    locator = next;
  }
  if (length * 2 > checks) return null;
  const evaluator = Array.from({ length: checks }, (_, index) => locator.slice(0, index + 1).reduce((sum, coefficient, at) => sum ^ times(coefficient, syndromes[index - at]!), 0));
  const slope = locator.map((_, index) => (index % 2 === 0 ? (locator[index + 1] ?? 0) : 0));
  let mended = 0;
  for (let place = 0; place < reversed.length; place++) {
    const root = power[(255 - place) % 255]!;
    if (valueAt(locator, root) !== 0) continue;
    const below = valueAt(slope, root);
    if (below === 0) return null;
    reversed[place]! ^= times(power[place]!, times(valueAt(evaluator, root), inverse(below)));
    mended++;
  }
  return mended === length && Array.from({ length: checks }, (_, index) => valueAt(reversed, power[index]!)).every((one) => one === 0) ? reversed.toReversed() : null;
}

function dataOf(words: readonly number[], version: number, level: Level): number[] | null {
  const total = getSymbolTotalCodewords(version);
  const blocks = tables.getBlocksCount(version, level);
  const least = Math.floor((total - tables.getTotalCodewordsCount(version, level)) / blocks);
  const checks = Math.floor(total / blocks) - least;
  const sizes = Array.from({ length: blocks }, (_, index) => (index < blocks - (total % blocks) ? least : least + 1));
  const parts: number[][] = sizes.map(() => []);
  let at = 0;
  for (let index = 0; index <= least; index++) for (const [block, size] of sizes.entries()) if (index < size) parts[block]!.push(words[at++]!);
  for (let index = 0; index < checks; index++) for (const part of parts) part.push(words[at++]!);
  const mended = parts.map((part) => correct(part, checks));
  return mended.includes(null) ? null : mended.flatMap((part, index) => part!.slice(0, sizes[index]));
}

const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
function textOf(data: readonly number[], version: number): string {
  let at = 0;
  const read = (bits: number): number => {
    let value = 0;
    for (const end = at + bits; at < end; at++) value = (value << 1) | (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  const bytes: number[] = [];
  const say = (text: string): void => void bytes.push(...Buffer.from(text));
  while (at + 4 <= data.length * 8) {
    const mode = read(4);
    if (mode === 4) for (let count = read(version < 10 ? 8 : 16); count > 0 && at < data.length * 8; count--) bytes.push(read(8));
    else if (mode === 2) {
      let count = read(version < 10 ? 9 : 11);
      for (; count > 1; count -= 2) {
        const two = read(11);
        say(`${signs[Math.floor(two / 45)] ?? ''}${signs[two % 45] ?? ''}`);
      }
      if (count === 1) say(signs[read(6)] ?? '');
    } else if (mode === 1) {
      let count = read(version < 10 ? 10 : 12);
      for (; count > 2; count -= 3) say(String(read(10)).padStart(3, '0'));
      if (count > 0) say(String(read(count === 2 ? 7 : 4)).padStart(count, '0'));
    } else if (mode === 7) read(8);
    else break;
  }
  return Buffer.from(bytes).toString('utf8');
}

function decode(picture: Picture, { topLeft, topRight, bottomLeft }: Corners, version: number): string | null {
  const side = version * 4 + 17;
  // A scanner keeps straight lines straight: three corners say where every module lies.
  const at = (row: number, column: number): boolean => {
    const [right, down] = [(column - 3) / (side - 7), (row - 3) / (side - 7)];
    const x = topLeft.x + (topRight.x - topLeft.x) * right + (bottomLeft.x - topLeft.x) * down;
    const y = topLeft.y + (topRight.y - topLeft.y) * right + (bottomLeft.y - topLeft.y) * down;
    return picture.isDark(Math.round(x), Math.round(y));
  };
  const format = formatOf(at, side);
  const data = format && dataOf(codewordsOf(at, version, format.mask), version, format.level);
  return data && textOf(data, version);
}

/** What the QR codes on a flat, well lit picture say (versions 1 to 26): a scan, not a photograph held askew. */
export function readCodes(grey: Grey): string[] {
  const picture = new Picture(grey);
  const spots = picture.findSpots();
  const found: (Corners & { fault: number })[] = [];
  for (let a = 0; a < spots.length; a++) for (let b = a + 1; b < spots.length; b++) for (let c = b + 1; c < spots.length; c++) {
    const corners = cornersOf([spots[a]!, spots[b]!, spots[c]!]);
    if (corners) found.push(corners);
  }
  const texts = new Set<string>();
  for (const corners of found.sort((a, b) => a.fault - b.fault).slice(0, triesAtMost)) {
    const { topLeft, topRight, bottomLeft } = corners;
    const length = (Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y) + Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y)) / 2;
    // Measured along rows and columns, a module of a code that lies askew seems wider than it is.
    const lean = Math.max(Math.abs(topRight.x - topLeft.x), Math.abs(topRight.y - topLeft.y)) / Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y);
    const likely = Math.round((length / (((topLeft.size + topRight.size + bottomLeft.size) / 3) * lean) - 10) / 4);
    for (const version of [likely, likely - 1, likely + 1].filter((one) => one >= 1 && one <= 26)) {
      const text = decode(picture, corners, version);
      if (text) texts.add(text);
    }
  }
  return [...texts];
}
