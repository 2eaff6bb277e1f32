"""How `make lab` starts JupyterLab: for this machine only, with a token, offline, and tidy."""

import os

c = get_config()  # noqa: F821

c.ServerApp.ip = "127.0.0.1"
# In a container one often is root; the token and the address above still hold.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"

# A reader needs neither the question about news nor a teacher's buttons. Teachers start
# JupyterLab without this file.
HIDDEN = ["@jupyterlab/apputils-extension:announcements", "@jupyter/nbgrader"]


def hide_extensions(_, page):
    """Add to what JupyterLab is told not to load."""
    page["disabledExtensions"] = [*page.get("disabledExtensions", []), *HIDDEN]
    return page


c.ServerApp.tornado_settings = {"page_config_hook": hide_extensions}
