import type { ReactElement, ReactNode } from 'react';

/** The level in the words of the stamp, above or below what it holds for. */
export const Stamped = ({ children }: { children: ReactNode }): ReactElement => <p className="stamped">{children}</p>;
