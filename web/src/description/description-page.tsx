import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

/** The versions of the description and the drafts of the next. */
export function DescriptionPage() {
  const { say } = useLanguage()
  return <Page title={say('nav.versions')}>{null}</Page>
}
