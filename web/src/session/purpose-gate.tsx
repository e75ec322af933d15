import { Link } from '@tanstack/react-router'
import { Fragment, lazy, Suspense, type ReactNode } from 'react'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { useMe } from './use-presence.ts'
import { usePurposeState } from './purpose.tsx'
import { servesOnly } from './rights.ts'

/** Loads the purpose form, which a page may need. */
export const loadPurposeForm = () => import('./purpose-form.tsx')
const PurposeForm = lazy(async () => ({ default: (await loadPurposeForm()).PurposeForm }))

/** Persons who serve requests view calls from a request: they have no search over all calls (R46). */
function OpenRequestFirst() {
  const { t } = useLanguage()
  return (
    <Page title={t('requests.only.title')}>
      <Notice kind="info">
        <p>{t('requests.only')}</p>
        <p>
          <Link to="/requests">{t('requests.title')}</Link>
        </p>
      </Notice>
    </Page>
  )
}

/** Renders its content once a purpose is chosen; shows the purpose form first. A person without rights gets a notice. */
export function PurposeGate({
  isGeneral = false,
  children,
}: {
  /** The page searches all calls, not one. */
  isGeneral?: boolean
  children: ReactNode
}) {
  const { t } = useLanguage()
  const { choices, chosen } = usePurposeState()
  const serves = servesOnly(useMe())
  if (serves && (isGeneral || !chosen)) return <OpenRequestFirst />
  // Another purpose remounts the page, which ends a listening under the old one.
  if (chosen) return <Fragment key={`${chosen.purpose} ${chosen.reference ?? ''}`}>{children}</Fragment>
  if (choices.length === 0) {
    return (
      <Page title={t('rights.none.title')}>
        <Notice kind="info">
          <p>{t('rights.none')}</p>
          <ul>
            <li>
              <Link to="/rights/new">{t('rights.request')}</Link>
            </li>
            <li>
              <Link to="/description">{t('rights.none.elsewhere')}</Link>
            </li>
          </ul>
        </Notice>
      </Page>
    )
  }
  return (
    <Page title={t('session.purpose.choose')} lead={t('session.purpose.why')}>
      <section className="panel panel-narrow">
        <Suspense fallback={<Waiting />}>
          <PurposeForm />
        </Suspense>
      </section>
    </Page>
  )
}
