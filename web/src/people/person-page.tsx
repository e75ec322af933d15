import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

/** One person of the directory. */
export function PersonPage() {
  const { say } = useLanguage()
  return <Page title={say('nav.people')}>{null}</Page>
}
