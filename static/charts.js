// Charts, each drawn from the JSON beside it. The table under a chart says the same without it.
(() => {
  "use strict";
  const rtl = document.documentElement.dir === "rtl";
  const COLOURS = {
    new_mrr: "#2fb344",
    reactivation_mrr: "#17a2b8",
    expansion_mrr: "#74b816",
    contraction_mrr: "#f59f00",
    churned_mrr: "#d63939",
    bound: "#8a94a6",
  };
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const drawn = [];

  const formats = [1, 2, 3, 4].map(
    (most) =>
      new Intl.NumberFormat(document.documentElement.lang, {
        notation: "compact",
        maximumFractionDigits: most,
      }),
  );

  // With as few digits as tell the ticks of an axis apart.
  const tickLabel = (value, index, ticks) => {
    const apart = (format) =>
      new Set(ticks.map((tick) => format.format(tick.value))).size === ticks.length;
    return (formats.find(apart) || formats.at(-1)).format(value);
  };

  const draw = (canvas) => {
    const told = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const ink = getComputedStyle(document.body).color;
    const grid = "rgb(128 128 128 / 25%)";
    const main = colour("--tblr-primary");
    const several = told.sets.length > 1;
    const stacked = several && told.type === "bar";
    drawn.push(
      new Chart(canvas, {
        type: told.type,
        data: {
          labels: told.labels,
          datasets: told.sets.map((set) => ({
            label: set.label,
            data: set.data,
            borderColor: COLOURS[set.kind] || main,
            backgroundColor: COLOURS[set.kind] || main,
            borderWidth: told.type === "line" ? 2 : 0,
            pointRadius: told.labels.length > 40 ? 0 : 3,
            spanGaps: false,
          })),
        },
        options: {
          animation: false,
          maintainAspectRatio: false,
          locale: document.documentElement.lang,
          interaction: { mode: "index", intersect: false },
          plugins: {
            legend: { display: several, rtl, labels: { color: ink } },
            tooltip: { rtl, textDirection: rtl ? "rtl" : "ltr" },
          },
          scales: {
            x: {
              reverse: rtl,
              stacked,
              ticks: { color: ink, maxRotation: 0, autoSkipPadding: 16 },
              grid: { display: false },
            },
            y: {
              position: rtl ? "right" : "left",
              stacked,
              beginAtZero: told.type === "bar",
              max: told.top,
              ticks: {
                color: ink,
                precision: told.whole ? 0 : undefined,
                callback: tickLabel,
              },
              grid: { color: grid },
            },
          },
        },
      }),
    );
  };

  const all = () => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    while (drawn.length) drawn.pop().destroy();
    document.querySelectorAll("canvas[data-chart]").forEach(draw);
  };
  document.addEventListener("DOMContentLoaded", () => {
    all();
    // The colours of the page have changed: draw again in those.
    new MutationObserver(all).observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-bs-theme"],
    });
  });
})();
