/** Fills in the pages' texts: `{{name}}`, and the plural that `count` selects. */
export type Texts = Readonly<Record<string, string>>
type Values = Readonly<Record<string, string | number>>

/** Returns the texts of a language as a function. A key without a text is returned as it is. */
export function translateWith(texts: Texts, language: string) {
  const plurals = new Intl.PluralRules(language)
  return (key: string, values: Values = {}): string => {
    const { count } = values
    const forms =
      typeof count === 'number' ? [...(count === 0 ? ['_zero'] : []), `_${plurals.select(count)}`, ''] : ['']
    const text = forms.map((form) => texts[key + form]).find((one) => one !== undefined)
    return text === undefined ? key : text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
  }
}
