"""A job keeps what it is about; its title is made of that in the language of whoever reads it."""

from django.db import migrations, models

# The titles that were stored were sentences, each in the language of who had asked.
SUBJECTS = """
UPDATE accounts_job job SET subject = coalesce(
    (SELECT entry.name FROM accounts_import entry
     WHERE entry.id::text = job.parameters ->> 'import'), '')
WHERE kind IN ('check', 'import', 'undo', 'sample_in', 'sample_out', 'short_night')
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_first_rate")]

    operations = [
        migrations.RenameField(model_name="job", old_name="title", new_name="subject"),
        migrations.AlterField(
            model_name="job",
            name="subject",
            field=models.CharField(blank=True, max_length=300, verbose_name="file"),
        ),
        migrations.RunSQL(SUBJECTS, migrations.RunSQL.noop),
    ]
