import { Link } from '@tanstack/react-router'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from './page.tsx'

/** Page for an unknown URL. */
export function NotFound() {
  const { t } = useLanguage()
  return (
    <Page title={t('shell.not-found.title')}>
      <Notice kind="info">
        <p>{t('shell.not-found.text')}</p>
        <Link to="/">{t('shell.not-found.start')}</Link>
      </Notice>
    </Page>
  )
}
