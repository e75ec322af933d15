import { Link, type LinkProps } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { announce } from './announce.tsx'

let titleShown: string | undefined

interface Crumb {
  label: string
  to: LinkProps['to']
  search?: object
  state?: { searchWordsKey?: string }
  params?: Record<string, string>
}

/**
 * A page: document title and only h1, breadcrumbs, content. On navigation the h1 gets the focus and the title is announced; on
 * the first page the browser does both.
 */
export function Page({
  title,
  lead,
  crumbs = [],
  aside,
  className,
  children,
}: {
  title: string
  lead?: string
  crumbs?: Crumb[]
  aside?: ReactNode
  className?: string
  children: ReactNode
}) {
  const { t } = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    document.title = `${title} – Seloste`
  }, [title])

  const arrive = useEffectEvent(() => {
    // A remount of the same page (another purpose, a settling router) is no navigation: the focus stays.
    const isNavigation = titleShown !== undefined && titleShown !== title
    titleShown = title
    if (!isNavigation) return
    heading.current?.focus({ preventScroll: true })
    announce(document.title)
  })
  useEffect(() => arrive(), [])

  return (
    <div className={`page ${className ?? ''}`}>
      {crumbs.length > 0 && (
        <nav aria-label={t('shell.nav.breadcrumbs')} className="breadcrumbs">
          <ol>
            {crumbs.map((crumb) => (
              <li key={crumb.label}>
                <Link
                  to={crumb.to}
                  params={(crumb.params ?? {}) as never}
                  search={(crumb.search ?? {}) as never}
                  state={crumb.state ?? {}}
                  activeOptions={{ exact: true }}
                >
                  {crumb.label}
                </Link>
              </li>
            ))}
            <li aria-current="page">{title}</li>
          </ol>
        </nav>
      )}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </div>
  )
}
