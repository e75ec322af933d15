import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

/** The directory. */
export function PeoplePage() {
  const { say } = useLanguage()
  return <Page title={say('nav.people')}>{null}</Page>
}
