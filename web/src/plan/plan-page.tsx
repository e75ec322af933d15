import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

/** The recording plan. */
export function PlanPage() {
  const { say } = useLanguage()
  return <Page title={say('nav.plan')}>{null}</Page>
}
