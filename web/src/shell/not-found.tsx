import { Link } from '@tanstack/react-router'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from './page.tsx'

/** Page for an unknown address. */
export function NotFound() {
  const { say } = useLanguage()
  return (
    <Page title={say('shell.not-found.title')}>
      <Notice kind="info">
        <p>{say('shell.not-found.text')}</p>
        <Link to="/">{say('shell.not-found.start')}</Link>
      </Notice>
    </Page>
  )
}
