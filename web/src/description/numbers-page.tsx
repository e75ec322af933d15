import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

/** The number registry. */
export function NumbersPage() {
  const { say } = useLanguage()
  return <Page title={say('nav.numbers')}>{null}</Page>
}
