import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

/** One draft. */
export function DraftPage() {
  const { say } = useLanguage()
  return <Page title={say('nav.versions')}>{null}</Page>
}
