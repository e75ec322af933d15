import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode } from 'react'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { PurposeForm } from './purpose-form.tsx'
import { usePurposeState } from './purpose.tsx'

/** Shows its content only when a purpose is chosen; asks for one first. Somebody without rights is told so. */
export function PurposeGate({ children }: { children: ReactNode }) {
  const { say } = useLanguage()
  const { choices, chosen } = usePurposeState()
  // Another purpose is another look: pages begin anew, and a listening under the old one ends.
  if (chosen) return <Fragment key={`${chosen.purpose} ${chosen.reference ?? ''}`}>{children}</Fragment>
  if (choices.length === 0) {
    return (
      <Page title={say('rights.none.title')}>
        <Notice kind="info">
          <p>{say('rights.none')}</p>
          <ul>
            <li>
              <Link to="/rights/new">{say('rights.request')}</Link>
            </li>
            <li>
              <Link to="/description">{say('rights.none.elsewhere')}</Link>
            </li>
          </ul>
        </Notice>
      </Page>
    )
  }
  return (
    <Page title={say('purpose.choose')} lead={say('purpose.why')}>
      <section className="panel panel-narrow">
        <PurposeForm />
      </section>
    </Page>
  )
}
