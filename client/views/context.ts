/** Hands the view model and the actions down the tree. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Actions } from '../actions.ts';
import type { ViewModel } from '../model.ts';

export type AppContext = { readonly model: ViewModel; readonly actions: Actions };

export const App = createContext<AppContext | null>(null);

/** The app of the page. @throws {TypeError} outside of it: a view was mounted without its provider. */
export function useApp(): AppContext {
  const app = useContext(App);
  if (app === null) throw new TypeError('a view stands outside <App.Provider>; mount it inside');
  return app;
}
