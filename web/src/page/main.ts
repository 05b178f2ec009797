/** The live page at /. */
import { adoptPage } from "../style/base.ts";

adoptPage(document);
