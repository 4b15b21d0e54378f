/**
 * The explore page's map: Plotly draws it once (projection, zoom, pan); the painter colours it.
 *
 *   const map = displacement.createPlotlyMap(pane, { drawingId, painter, nameOf, placeOf });
 *   await map.draw(topology, level); map.zoom(1.5); map.reset();
 *
 * Until it has drawn, the map that the server drew stands in the same place at the same size: the
 * style sheet (`.drawn-first`) fits that one into the pane by the rule of `filling`.
 */
(() => {
  'use strict';

  // The order of traces in layouts/plotly_figures.py.
  const [NEIGHBOURS, AREAS, OUTLINES, CITIES, COUNTRIES, NAMES] = [0, 1, 2, 3, 4, 5];
  const MARGIN = 0.95; // part of the pane that the country fills
  const TIGHT = 0.99; // and at the most, where that keeps the ground's edge out of sight
  const CLOSE = 1.7; // zoom from which cities are named
  const MOST = 24;
  const WIDE = 560; // pixels from which the legend stands beside the country
  // Pixels that are kept free for it: fewer where the pane is high, for the country's own corner is
  // free then. The style sheet (`--room`) has the same numbers.
  const [LEAST_ROOM, MOST_ROOM, LOW, PER_PIXEL] = [165, 225, 416, 0.45];

  const mercator = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  const unmercator = (y) => (Math.atan(Math.exp(y)) * 360) / Math.PI - 90;

  /** [west, south, east, north] of GeoJSON features. */
  function bounds(features) {
    const box = [180, 90, -180, -90];
    const visit = (coordinates) => {
      if (typeof coordinates[0] !== 'number') return coordinates.forEach(visit);
      const [lon, lat] = coordinates;
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    };
    for (const feature of features) visit(feature.geometry.coordinates);
    return box;
  }

  /** Pixels beside the country in which the legend stands. */
  function legendRoom(width, height) {
    if (width <= WIDE) return 0;
    return Math.min(MOST_ROOM, Math.max(LEAST_ROOM, MOST_ROOM - (height - LOW) * PER_PIXEL));
  }

  /**
   * The box of degrees that fills a pane of `width` × `height` pixels with the country in it.
   * Plotly clips everything at the pixels of the range it was given, so the range must fill the
   * pane; where the ground (the neighbours' outlines) is narrower than that, the country is drawn
   * as large as it may be, so that as little as possible of the ground's edge is seen.
   */
  function filling({ country, ground }, width, height) {
    const radians = Math.PI / 180;
    const [west, south, east, north] = country;
    const [bottom, top] = [mercator(south), mercator(north)];
    const room = legendRoom(width, height);
    const largest = Math.min((width - room) / ((east - west) * radians), height / (top - bottom));
    const covering = (width - room) / ((ground[2] - ground[0]) * radians);
    const scale = Math.max(MARGIN * largest, Math.min(covering, TIGHT * largest));
    const [halfWidth, halfHeight] = [width / scale / 2 / radians, height / scale / 2];
    const aside = room / 2 / scale / radians;
    const first = ground[0] + halfWidth - 2 * aside; // the legend may stand beyond the ground
    const last = ground[2] - halfWidth;
    const wanted = (west + east) / 2 - aside;
    const lon = first < last ? Math.min(Math.max(wanted, first), last) : (first + last) / 2;
    const y = (bottom + top) / 2;
    return {
      lon: [lon - halfWidth, lon + halfWidth],
      lat: [unmercator(y - halfHeight), unmercator(y + halfHeight)],
      center: { lon, lat: unmercator(y) },
    };
  }

  function choropleth(collection) {
    const ids = collection.features.map((feature) => feature.id);
    return { geojson: collection, locations: ids, z: ids.map(() => 0) };
  }

  /** Lines of the governorates' borders as one trace, broken by nulls. */
  function lines(mesh) {
    const lon = [];
    const lat = [];
    for (const line of mesh.coordinates) {
      for (const [x, y] of line) {
        lon.push(x);
        lat.push(y);
      }
      lon.push(null);
      lat.push(null);
    }
    return { lon, lat };
  }

  function points(features, position, text) {
    return {
      lon: features.map((feature) => position(feature)[0]),
      lat: features.map((feature) => position(feature)[1]),
      text: features.map(text),
    };
  }

  function createPlotlyMap(pane, { drawingId, painter, nameOf, placeOf }) {
    let home = null; // bounds of the country and of the ground it lies on
    let zoomed = 1;
    let order = []; // P-codes in the order of the label trace
    let places = new Map(); // where the names of areas stand, in degrees
    let level = 1;
    let graph = null;
    const taken = {};
    taken.promise = new Promise((resolve) => {
      taken.resolve = resolve;
    });

    const plot = () => pane.querySelector('.js-plotly-plot');

    /** Plotly's settings for a zoom about a centre; the whole country where none is given. */
    function view(zoom, centre) {
      const whole = filling(home, pane.clientWidth || 1, pane.clientHeight || 1);
      return { lon: whole.lon, lat: whole.lat, scale: zoom, center: centre || whole.center };
    }

    function figure(template, topology, shownLevel) {
      const feature = (name) => window.topojson.feature(topology, topology.objects[name]);
      const governorates = feature('governorates');
      const areas = shownLevel === 2 ? feature('districts') : governorates;
      const neighbours = feature('neighbours');
      const cities = feature('cities').features;
      // Not every country's boundaries come with its neighbours.
      const ground = [...neighbours.features, ...governorates.features];
      home = { country: bounds(governorates.features), ground: bounds(ground) };
      order = areas.features.map((area) => area.id);
      places = new Map(areas.features.map(({ id, properties }) => [id, properties.label]));
      level = shownLevel;
      const outline =
        shownLevel === 2
          ? lines(window.topojson.mesh(topology, topology.objects.governorates))
          : { lon: [], lat: [] };
      const label = (area) => area.properties.label;
      const added = [];
      added[NEIGHBOURS] = choropleth(neighbours);
      added[AREAS] = choropleth(areas);
      added[OUTLINES] = outline;
      added[CITIES] = {
        ...points(
          cities,
          (city) => city.geometry.coordinates,
          (city) => placeOf(city.properties.name),
        ),
        mode: 'markers+text',
        textposition: 'top center',
        marker: { size: cities.map((city) => (city.properties.capital ? 5 : 3.5)) },
      };
      added[COUNTRIES] = points(neighbours.features, label, ({ properties }) =>
        placeOf(properties.name),
      );
      added[NAMES] = points(areas.features, label, (area) => nameOf(area.id));
      const initial = view(1);
      return {
        data: template.data.map((trace, i) => ({ ...trace, ...added[i], hoverinfo: 'skip' })),
        layout: {
          ...template.layout,
          geo: {
            ...template.layout.geo,
            lonaxis: { range: initial.lon },
            lataxis: { range: initial.lat },
            projection: { ...template.layout.geo.projection, scale: initial.scale },
            center: initial.center,
          },
        },
      };
    }

    /** Hand what Plotly drew to the painter, mark layers for the style sheet, thin out names. */
    function adopt() {
      if (!order.length) return; // its frame, without areas
      const traces = [...pane.querySelectorAll('.choroplethlayer .trace')];
      const geo = [...pane.querySelectorAll('.scatterlayer .trace')];
      const named = (element) => element.__data__?.[0]?.trace?.name;
      const areas = new Map();
      for (const trace of [...traces, ...geo]) trace.classList.add(`layer-${named(trace)}`);
      for (const trace of geo) trace.setAttribute('aria-hidden', 'true'); // areas say their names
      for (const path of pane.querySelectorAll('.layer-areas path.choroplethlocation')) {
        areas.set(path.__data__.loc, path);
      }
      const names = new Map();
      const texts = pane.querySelectorAll('.layer-names text');
      texts.forEach((text, i) => {
        names.set(order[i], text);
      });
      pane.classList.toggle('is-close', zoomed >= CLOSE);
      pane.dataset.level = String(level);
      thinOutCities(thinOut(areas, names));
      dropCutNames();
      takeOver(() => painter.adopt(areas, names));
    }

    /** Take the first map away in the same frame, and with it nothing that is still needed. */
    function takeOver(adoptAreas) {
      const drawn = pane.querySelector('.drawn-first');
      const focused = drawn?.contains(document.activeElement);
      if (drawn) keepTextures(drawn);
      drawn?.remove();
      pane.querySelector('.area-overlay[viewBox]')?.remove();
      adoptAreas();
      if (focused) painter.focus();
      taken.resolve();
    }

    /** Its textures are the document's; Plotly's areas are measured in pixels. */
    function keepTextures(drawn) {
      const textures = drawn.querySelectorAll('pattern');
      for (const each of textures) {
        const turned = each.getAttribute('patternTransform').replace(/scale\(.*?\)/, '');
        each.setAttribute('patternTransform', turned);
      }
      const kept = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      kept.setAttribute('class', 'textures');
      kept.setAttribute('aria-hidden', 'true');
      kept.append(...textures);
      document.body.append(kept);
    }

    /** Show a name where it fits its area, larger areas first, and none over another. */
    function thinOut(areas, names) {
      const taken = [];
      const candidates = [...names].flatMap(([pcode, text]) => {
        const path = areas.get(pcode);
        if (!path) return [];
        text.style.display = '';
        return [{ text, area: path.getBoundingClientRect(), box: text.getBoundingClientRect() }];
      });
      candidates.sort((a, b) => b.area.width * b.area.height - a.area.width * a.area.height);
      for (const { text, area, box } of candidates) {
        const slack = level === 1 ? 1.9 : 1.05;
        const fits = box.width <= area.width * slack && box.height <= area.height * slack;
        const free = taken.every(
          (other) =>
            box.right < other.left ||
            box.left > other.right ||
            box.bottom < other.top ||
            box.top > other.bottom,
        );
        if (fits && free) taken.push(box);
        text.style.display = fits && free ? '' : 'none';
      }
      return taken;
    }

    /** Names of countries that the pane's edge would cut are left out. */
    function dropCutNames() {
      const frame = pane.getBoundingClientRect();
      for (const text of pane.querySelectorAll('.layer-countries text')) {
        text.style.display = '';
        const { left, right, top, bottom } = text.getBoundingClientRect();
        const whole =
          left > frame.left && right < frame.right && top > frame.top && bottom < frame.bottom;
        text.style.display = whole ? '' : 'none';
      }
    }

    /** Cities are points without a name until the map is close, and never under a name. */
    function thinOutCities(taken) {
      for (const city of pane.querySelectorAll('.layer-cities .point')) {
        const { left, right, top, bottom } = city.getBoundingClientRect();
        const covered = taken.some(
          (name) =>
            right > name.left && left < name.right && bottom > name.top && top < name.bottom,
        );
        city.style.display = covered ? 'none' : '';
      }
    }

    async function listen() {
      if (graph === plot()) return;
      graph = plot();
      graph.on('plotly_afterplot', adopt);
      graph.on('plotly_relayouting', painter.drawRings);
    }

    function relayout(zoom, centre) {
      zoomed = Math.min(MOST, Math.max(1, zoom));
      const { lon, lat, scale, center } = view(zoomed, zoomed === 1 ? null : centre);
      return window.Plotly.relayout(plot(), {
        'geo.lonaxis.range': lon,
        'geo.lataxis.range': lat,
        'geo.projection.scale': scale,
        'geo.center': center,
      });
    }

    /** Bring an area that a key has led to into sight, where the map was moved away from it. */
    function reveal(pcode) {
      const frame = pane.getBoundingClientRect();
      const { left, top, width, height } =
        pane.querySelector(`path[data-pcode="${pcode}"]`)?.getBoundingClientRect() ?? {};
      const [x, y] = [left + width / 2 - frame.left, top + height / 2 - frame.top];
      if (width && x > 0 && y > 0 && x < frame.width && y < frame.height) return;
      const [lon, lat] = places.get(pcode);
      relayout(zoomed, { lon, lat });
    }

    pane.addEventListener('displacement:reach', ({ detail }) => reveal(detail.pcode));

    // Plotly pans by its background; a press on an area, which lies above it, is passed down.
    pane.addEventListener('mousedown', (event) => {
      const background = pane.querySelector('.geo .bg rect');
      if (!background || !event.target.matches('path[data-pcode]')) return;
      event.preventDefault();
      const { clientX, clientY, button } = event;
      background.dispatchEvent(
        new MouseEvent('mousedown', { clientX, clientY, button, bubbles: true, view: window }),
      );
    });

    // Called by Dash with what is to be drawn, and the figure as it is.
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.explore = {
      figure: (drawing, template) => figure(template, drawing.topology, drawing.level),
    };

    const resize = new ResizeObserver(() => {
      if (home && graph?.layout?.geo) relayout(zoomed, graph.layout.geo.center);
    });
    resize.observe(pane);

    return {
      async draw(topology, shownLevel) {
        await drawn(pane);
        zoomed = 1;
        await listen();
        window.dash_clientside.set_props(drawingId, { data: { topology, level: shownLevel } });
        await taken.promise;
      },
      zoom: (factor) => relayout(zoomed * factor, graph.layout.geo.center),
      reset: () => relayout(1),
    };
  }

  /** Wait until Dash has let Plotly draw its first, empty figure. */
  function drawn(pane) {
    return new Promise((resolve) => {
      const look = () => {
        const graph = pane.querySelector('.js-plotly-plot');
        if (graph?._fullLayout && graph.on) resolve(graph);
        else requestAnimationFrame(look);
      };
      look();
    });
  }

  window.displacement = window.displacement || {};
  window.displacement.createPlotlyMap = createPlotlyMap;
})();
