/**
 * Plotly's geo traces fetch a world map from Plotly's CDN even where every shape is their own, and
 * draw nothing when that fails. An empty one, put here before Plotly loads, keeps every request on
 * this origin. https://github.com/plotly/plotly.js/issues/4094
 */
(() => {
  'use strict';

  const layers = ['coastlines', 'land', 'ocean', 'lakes', 'rivers', 'countries', 'subunits'];
  const empty = { type: 'GeometryCollection', geometries: [] };
  const world = {
    type: 'Topology',
    arcs: [],
    objects: Object.fromEntries(layers.map((layer) => [layer, empty])),
  };
  window.PlotlyGeoAssets = { topojson: { world_110m: world, world_50m: world } };
})();
