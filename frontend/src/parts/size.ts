// Sizes of the screen and of what stands on it.
import { useEffect, useLayoutEffect, useState, type RefObject } from "react";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an element in CSS px, followed; zero before the first measure. */
export function useSize(of: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!of.current) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(of.current);
    return () => watch.disconnect();
  }, [of]);
  return size;
}

const measured = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Px of one rem right now. */
export function useRem(): number {
  const [rem, setRem] = useState(measured);
  useLayoutEffect(() => {
    const measure = () => setRem(measured());
    const watch = new ResizeObserver(measure);
    watch.observe(document.documentElement);
    measure();
    return () => watch.disconnect();
  }, []);
  return rem;
}

const HAN = /\p{Script=Han}/gu;

/** Width of one line in em of the Hanzi size, for placing before it is drawn. `latin` is the em of a Latin letter. */
export function textWidth(text: string, latin: number): number {
  const hanzi = (text.match(HAN) ?? []).length;
  return hanzi + (text.length - hanzi) * latin;
}

/** Shared parts are sized in rem; on a screen that is laid out in px a rem is 10 px, as in the design. */
export function useTenPixelRem(): void {
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    style.fontSize = "10px";
    return () => {
      style.fontSize = "";
    };
  }, []);
}
