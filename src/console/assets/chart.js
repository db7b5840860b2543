// Draws what a table beside it says as numbers: a line for each of its columns. The table stays for who cannot see it.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

for (const place of document.querySelectorAll('[data-chart]')) {
  const { days, series } = JSON.parse(place.dataset.chart);
  const draw = () => {
    place.replaceChildren();
    const line = (name) => ({ label: series[name].label, stroke: colour(`--${name}`), width: 2 });
    const names = Object.keys(series);
    const axis = { stroke: colour('--text'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    new uPlot(
      {
        width: place.clientWidth,
        height: 220,
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: true }, y: { range: (_chart, _low, high) => [0, Math.max(4, high)] } },
        axes: [
          axis,
          { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000] },
        ],
        series: [
          { value: (_chart, at) => (at ? new Date(at * 1000).toLocaleDateString(document.documentElement.lang) : '') },
          ...names.map(line),
        ],
      },
      [days, ...names.map((name) => series[name].values)],
      place,
    );
  };
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
}
