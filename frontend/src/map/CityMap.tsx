// The map as React sees it: base map, symbols above it, and DOM children placed by longitude and latitude.
import { Map as BaseMap, setWorkerUrl, type GeoJSONSource } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { LonLat } from "../geo";
import { useSize } from "../parts/size";
import { T } from "../parts/T";
import { useLive } from "../store";
import type { ThemeName } from "../theme";
import { language } from "../words";
import type { Basemap } from "./basemap";
import css from "./CityMap.module.css";
import { project } from "./camera";
import { hatch } from "./hatch";
import { Overlay, type Mark, type View } from "./overlay";
import { baseStyle, OWN_SOURCES, type OwnSource } from "./style";

setWorkerUrl(workerUrl);

export type Drawn = Partial<Readonly<Record<OwnSource, GeoJSON.FeatureCollection>>>;

interface Props {
  readonly basemap: Basemap;
  readonly view: View;
  readonly marks: readonly Mark[];
  readonly drawn: Drawn;
  readonly label: string;
  readonly theme?: ThemeName;
  /** Px of this screen per px of the design at 1080 lines. */
  readonly scale?: number;
  /** Size of the largest symbol in CSS px. */
  readonly largest?: number;
  /** Lets a person drag and zoom; told by `onView`. */
  readonly interactive?: boolean;
  readonly onView?: (view: View) => void;
  readonly onReady?: () => void;
  /** Where the data credit stands; a close-up beside a map that has it needs none. */
  readonly credit?: "left" | "right" | "none";
  readonly children?: ReactNode;
}

interface Place {
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly overlay: Overlay | null;
}
const PlaceContext = createContext<Place | null>(null);

interface Parts {
  readonly map: BaseMap;
  readonly overlay: Overlay;
  readonly shown: Map<OwnSource, GeoJSON.FeatureCollection>;
}

export function CityMap(props: Props) {
  const { basemap, view, marks, drawn, label, theme = "dark", scale = 1, largest = 46, credit = "right" } = props;
  const frame = useRef<HTMLDivElement>(null);
  const ground = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const parts = useParts(props, { ground, canvas, theme, scale, largest });
  const size = useSize(frame);
  const live = useLive();

  useEffect(() => {
    if (!parts) return;
    parts.map.jumpTo({ center: [...view.centre], zoom: view.zoom });
    parts.overlay.setView(view);
  }, [parts, view]);
  useEffect(() => parts?.overlay.setMarks(marks), [parts, marks]);
  useEffect(() => (parts ? live.onPositions((positions) => parts.overlay.move(positions)) : undefined), [parts, live]);
  useEffect(() => {
    if (!parts || size.width === 0) return;
    parts.map.resize();
    parts.overlay.resize(size.width, size.height);
  }, [parts, size]);
  useEffect(() => {
    if (!parts) return;
    for (const name of OWN_SOURCES) {
      const data = drawn[name];
      if (!data || parts.shown.get(name) === data) continue; // setting it again would repaint the city
      parts.shown.set(name, data);
      void parts.map.getSource<GeoJSONSource>(name)?.setData(data);
    }
  }, [parts, drawn]);

  return (
    <div ref={frame} className={css["frame"]} role={props.interactive ? "application" : "img"} aria-label={label}>
      <div ref={ground} className={css["ground"]} />
      <canvas ref={canvas} className={css["overlay"]} />
      {size.width > 0 && (
        <PlaceContext value={{ view, ...size, overlay: parts?.overlay ?? null }}>
          <div className={css["above"]}>{props.children}</div>
        </PlaceContext>
      )}
      {credit !== "none" && <span className={`${css["credit"]} ${css[credit]}`}><T>{creditOf(basemap)}</T></span>}
    </div>
  );
}

/** An attribution may hold a sentence for each language, Chinese first. */
function creditOf({ attribution }: Basemap): string {
  const sentences = attribution.split(" · ");
  return (language() === "en" ? sentences.at(-1) : sentences[0]) ?? attribution;
}

interface Setup {
  readonly ground: React.RefObject<HTMLDivElement | null>;
  readonly canvas: React.RefObject<HTMLCanvasElement | null>;
  readonly theme: ThemeName;
  readonly scale: number;
  readonly largest: number;
}

/** Map and overlay, once the style is loaded; built anew when the base map, the theme or the scale changes. */
function useParts(props: Props, { ground, canvas, theme, scale, largest }: Setup): Parts | null {
  const { basemap, interactive = false } = props;
  const [parts, setParts] = useState<Parts | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    if (!ground.current || !canvas.current) return;
    const { view } = latest.current;
    const map = new BaseMap({
      container: ground.current,
      style: baseStyle(basemap, theme, scale),
      center: [...view.centre],
      zoom: view.zoom,
      interactive,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      trackResize: false,
      fadeDuration: 0,
      localIdeographFontFamily: '"Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif',
    });
    map.touchZoomRotate.disableRotation();
    map.setMissingStyleImageResolver((name) => {
      const tile = hatch(name, window.devicePixelRatio);
      if (tile) map.addImage(name, tile, { pixelRatio: window.devicePixelRatio });
    });
    const overlay = new Overlay(canvas.current, view, largest, theme);
    map.on("move", () => {
      const { lng, lat } = map.getCenter();
      overlay.setView({ centre: [lng, lat], zoom: map.getZoom() });
      if (interactive) latest.current.onView?.({ centre: [lng, lat], zoom: map.getZoom() });
    });
    map.once("load", () => setParts({ map, overlay, shown: new Map() }));
    map.once("idle", () => latest.current.onReady?.());
    return () => {
      setParts(null);
      overlay.stop();
      map.remove();
    };
  }, [basemap, interactive, theme, scale, largest, ground, canvas]);
  return parts;
}

/** The view and size of the map around, and where its overlay draws a symbol. */
export function usePlace(): Place {
  const place = useContext(PlaceContext);
  if (!place) throw new Error("usePlace outside of CityMap");
  return place;
}

/** A child of the map that stands at a place; `anchor` is the point of the child that lies on it. */
export function At({ at, dx = 0, dy = 0, children }: { at: LonLat; dx?: number; dy?: number; children: ReactNode }) {
  const { view, width, height } = usePlace();
  const [x, y] = project(at, view, { width, height });
  return (
    <div className={css["at"]} style={{ transform: `translate(${x + dx}px, ${y + dy}px)` }}>
      {children}
    </div>
  );
}
