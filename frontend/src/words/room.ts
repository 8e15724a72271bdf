// One room's words: the same keys in both languages, held together by the type.

/** Ties a Chinese and an English list to one set of keys. */
export function room<K extends string>(zh: Readonly<Record<K, string>>, en: Readonly<Record<NoInfer<K>, string>>) {
  return { zh, en };
}
