import { LabelappApi } from '../../api/labelappApi';

/** The page's own server. */
export const api = new LabelappApi();
