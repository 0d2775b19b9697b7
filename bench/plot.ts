import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as echarts from 'echarts';
import { rootDirectory } from '../src/core/root.ts';

export type Series = { name: string; points: readonly (readonly [x: number | string, y: number])[] };
export type Plot = {
  title: string;
  /** Names of the axes with their units. */
  x: string;
  y: string;
  kind: 'line' | 'bar';
  logX?: boolean;
  logY?: boolean;
  series: readonly Series[];
};

/** Draws a plot into docs/pictures/<name>.svg; gives the Markdown that shows it from docs/. */
export function writePlot(name: string, { title, x, y, kind, logX, logY, series }: Plot): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 420 });
  const font = { fontFamily: 'Noto Sans, system-ui, sans-serif', color: '#1d2730' };
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: font,
    color: ['#1f5f99', '#c2571a', '#4b7f2b', '#8b3f8f', '#7a6a1c', '#555555'],
    title: { text: title, left: 16, top: 10, textStyle: { ...font, fontSize: 15, fontWeight: 600 } },
    legend: { top: 36, left: 12, textStyle: font },
    grid: { left: 72, right: 24, top: 76, bottom: 56 },
    xAxis: { type: kind === 'bar' ? 'category' : logX ? 'log' : 'value', name: x, nameLocation: 'middle', nameGap: 32, axisLabel: { ...font } },
    yAxis: { type: logY ? 'log' : 'value', name: y, nameLocation: 'middle', nameGap: 52, axisLabel: { ...font } },
    series: series.map((one) => ({ name: one.name, type: kind, data: one.points.map((point) => [...point]), symbolSize: 7, label: { show: kind === 'bar', position: 'top', ...font } })),
  });
  const file = path.join(rootDirectory, 'docs/pictures', `${name}.svg`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${chart.renderToSVGString()}\n`);
  chart.dispose();
  return `![${title}](pictures/${name}.svg)`;
}
