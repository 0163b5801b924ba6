// Graphs of the last minutes, kept by the page: what was seen before it was opened is not in them.

import { clockText } from './parts.js';
import { currentLanguage } from './live.js';

const POINTS_MOST = 180;
const EVERY_MILLISECONDS = 5000;
const DASHES = [[], [6, 4], [2, 3]];
const COLOURS = ['--first', '--second', '--third'];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function place(words) {
  return words[currentLanguage() === 'en' ? 1 : 0];
}

export class Graph {
  // `title` and the names of `lines` are [Danish, English].
  constructor(id, title, lines) {
    this.canvas = document.getElementById(id);
    this.title = title;
    this.lines = lines;
    this.at = -Infinity;
    const datasets = lines.map((line, number) => ({
      data: [], borderWidth: 2, pointRadius: 1.5, borderDash: DASHES[number], tension: 0, spanGaps: false,
    }));
    const ticks = { maxRotation: 0, autoSkipPadding: 24 };
    this.chart = new window.Chart(this.canvas, {
      type: 'line',
      data: { labels: [], datasets },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        scales: { x: { ticks: { ...ticks } }, y: { beginAtZero: true, ticks: {} } },
        plugins: { legend: { labels: { boxHeight: 0 } }, title: { display: true }, tooltip: { enabled: false } },
        events: [],
      },
    });
    this.dress();
    document.addEventListener('language', () => this.dress());
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.dress());
  }

  // Its words and colours, as the page's are.
  dress() {
    const { options, data } = this.chart;
    data.datasets.forEach((dataset, number) => {
      dataset.label = place(this.lines[number]);
      dataset.borderColor = colour(COLOURS[number]);
      dataset.backgroundColor = dataset.borderColor;
    });
    options.locale = currentLanguage();  // 15.000 to a Dane is what 15,000 is in English
    options.plugins.title.text = place(this.title);
    options.plugins.title.color = colour('--ink');
    options.plugins.legend.labels.color = colour('--ink');
    for (const scale of Object.values(options.scales)) {
      scale.ticks.color = colour('--quiet');
      scale.grid = { color: colour('--panel') };
    }
    const names = this.lines.map(place).join(', ');
    this.canvas.setAttribute('aria-label', `${place(this.title)}: ${names}`);
    this.chart.update('none');
  }

  // Takes the values, null for none, unless the last ones are newer than a few seconds.
  add(now, values) {
    if (now - this.at < EVERY_MILLISECONDS) return;
    this.at = now;
    const { labels, datasets } = this.chart.data;
    labels.push(clockText(now).slice(11));
    datasets.forEach((dataset, number) => dataset.data.push(values[number]));
    if (labels.length > POINTS_MOST) {
      labels.shift();
      datasets.forEach((dataset) => dataset.data.shift());
    }
    this.chart.update('none');
  }
}
