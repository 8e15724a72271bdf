// Numbers as they are typed. Pure.

/** The number that a text says if it lies between two bounds, else null; full-width digits and points are read, too. */
export function numberIn(text: string, least: number, most: number): number | null {
  const plain = text.trim().normalize("NFKC");
  if (!/^-?\d+(\.\d+)?$/.test(plain)) return null;
  const value = Number(plain);
  return value >= least && value <= most ? value : null;
}

/** The same for whole numbers. */
export function wholeIn(text: string, least: number, most: number): number | null {
  const value = numberIn(text, least, most);
  return value !== null && Number.isInteger(value) ? value : null;
}
