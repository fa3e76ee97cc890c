/** The browser's own store; where it is closed to pages, nothing is remembered between visits. */
export const pageStorage: Pick<Storage, 'getItem' | 'setItem'> = {
  getItem: (key) => {
    try {
      return window.localStorage.getItem(key);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  },
  setItem: (key, text) => {
    try {
      window.localStorage.setItem(key, text);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  },
};
